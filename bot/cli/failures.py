"""What may go wrong by the operator's doing: each ends in its own one line."""

from sqlalchemy.exc import OperationalError

from bot.assembly import NoModel
from bot.knowledge.catalogue import CatalogueFault
from bot.knowledge.model import ContentFault
from bot.knowledge.organisation import OrganisationFault
from bot.storage.crypto import KeyProblem
from flows.journey.script import JourneyFault


class Refused(RuntimeError):
    """The command cannot be done; the text says what to do."""


EXPECTED = (
    Refused,
    NoModel,
    KeyProblem,
    CatalogueFault,
    ContentFault,
    OrganisationFault,
    JourneyFault,
    OperationalError,
    PermissionError,
)

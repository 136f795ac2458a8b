"""Why a message did not go out: one table for all providers. Adapters translate into these codes, the post room obeys
`retry` and `alert`, the advisor reads `failure.<code>`. Knows nothing of providers, so that adapters may import it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.channels.base import NotSent, Unknown


@dataclass(frozen=True, slots=True)
class Failure:
    """`retry`: the same message may go out later by itself. `alert`: whoever runs the deployment must mend it."""

    code: str
    retry: bool
    alert: bool

    @property
    def message(self) -> str:
        """The id of what the advisor reads."""
        return f"failure.{self.code}"


def _table(*rows: Failure) -> Mapping[str, Failure]:
    return {row.code: row for row in rows}


FAILURES = _table(
    # The person: nothing to mend and nothing to repeat until they write again.
    Failure("person_blocked_us", retry=False, alert=False),
    Failure("opted_out", retry=False, alert=False),  # told us
    Failure("person_opted_out", retry=False, alert=False),  # told the provider
    Failure("person_unknown", retry=False, alert=False),
    # WhatsApp's own rules: held or given up, never hammered.
    Failure("window_closed", retry=False, alert=False),
    Failure("withheld", retry=False, alert=False),
    Failure("too_late", retry=False, alert=False),  # a reminder held until it was not true any more
    Failure("not_in_sandbox", retry=False, alert=True),
    # Passing troubles.
    Failure("too_many_requests", retry=True, alert=False),
    Failure("provider_unreachable", retry=True, alert=False),
    # Ours to mend. A wrong key is tried again: the message goes out once the key is right.
    Failure("bad_credentials", retry=True, alert=True),
    Failure("other_poller", retry=True, alert=True),
    Failure("channel_off", retry=True, alert=True),
    Failure("too_long", retry=False, alert=True),
    Failure("refused", retry=False, alert=True),
    # It may have gone out. Whether to repeat depends on what it was, which only the post room knows.
    Failure("unknown", retry=False, alert=False),
    Failure("partly_sent", retry=False, alert=False),
)


def of(code: str | None) -> Failure:
    """The row for a code, also for one that a provider invented yesterday."""
    return FAILURES.get(code or "unknown", FAILURES["refused"])


def not_sent(code: str, *, after: float | None = None) -> NotSent:
    """The outcome for a code of the table; an unlisted code is a mistake in the adapter."""
    row = FAILURES[code]
    return NotSent(code=row.code, retry=row.retry, alert=row.alert, after=after)


def unknown(code: str = "unknown") -> Unknown:
    return Unknown(code=FAILURES[code].code)


class Trouble(Exception):
    """A call that creates nothing failed for now. Not knowing its end does no harm there: `outcome` says try again."""

    def __init__(self, outcome: NotSent | Unknown) -> None:
        self.outcome = outcome if isinstance(outcome, NotSent) else not_sent("provider_unreachable")
        super().__init__(self.outcome.code)

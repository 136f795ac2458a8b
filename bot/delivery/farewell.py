"""Erasing inside a turn: the person who asked is gone with the commit, and the receipt goes to an envelope."""

from sqlalchemy import select

from bot.delivery.gathering import Person
from bot.delivery.writing import Entry
from bot.handoff import cases
from bot.people import erasing
from bot.storage.crypto import Vault
from bot.storage.tables import Contact, ContactAddress, table
from flows.events import Result

_contact, _address = table(Contact), table(ContactAddress)


def erase(entry: Entry, vault: Vault) -> Result:
    """While a case about danger is open a person decides: it is noted, written into the case, and said."""
    if erasing.needs_a_person(entry.db, entry.contact_id):
        return _ask(entry)
    address = entry.person.address
    to = None if address is None else int(address.id)
    gone = erasing.erase(entry.db, vault, entry.now, entry.contact_id, entry.answering, to)
    entry.erased = True
    if gone.envelope is not None:
        entry.person = _envelope(entry, vault, gone.envelope)
    return Result(of="erase", slots={"erased": "done", "receipt": gone.receipt})


def _ask(entry: Entry) -> Result:
    receipt = erasing.ask(entry.db, entry.now, entry.contact_id)
    case = cases.of_contact(entry.db, entry.contact_id)
    if case is not None:
        cases.write_note(entry.db, entry.now, case.id, None, "case.erase_asked", None)
    return Result(of="erase", slots={"erased": "asked", "receipt": receipt})


def _envelope(entry: Entry, vault: Vault, contact_id: int) -> Person:
    """From here on the entry is about nobody: an address, and the key for what goes there."""
    row = entry.db.execute(select(_contact).where(_contact.c.id == contact_id)).one()
    address = entry.db.execute(select(_address).where(_address.c.contact_id == contact_id)).one()
    return Person(row=row, box=vault.box(row.data_key), address=address)

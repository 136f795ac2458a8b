"""Who somebody is: one person per address, aliases learnt, channels linked only by a one-time code."""

from datetime import timedelta

from sqlalchemy import Connection, select, update

from bot.channels.base import Address, Inbound
from bot.delivery import inbox
from bot.people import identity, links
from bot.storage.bell import HouseBell
from bot.storage.crypto import Vault
from bot.storage.database import Database
from bot.storage.tables import Contact, ContactAddress, Inbox, table
from flows.events import Said, Started
from tests.conftest import NOW

VAULT = Vault([b"k" * 32], b"l" * 32)
PHONE, BSUID = Address(kind="phone", value="+212600000001"), Address(kind="bsuid", value="MA.abc")
_address, _contact, _inbox = table(ContactAddress), table(Contact), table(Inbox)


def known(db: Connection, *addresses: Address, channel: str = "whatsapp") -> int:
    return identity.resolve(db, VAULT, NOW, channel, addresses).contact_id


async def test_the_same_address_is_the_same_person(database: Database) -> None:
    assert await database.write(lambda db: known(db, PHONE) == known(db, PHONE))


async def test_a_phone_that_comes_with_a_business_scoped_id_is_an_alias_of_it(database: Database) -> None:
    def story(db: Connection) -> list[int]:
        return [known(db, PHONE), known(db, BSUID, PHONE), known(db, BSUID), known(db, PHONE)]

    assert len(set(await database.write(story))) == 1


async def test_replies_go_to_the_key_once_it_is_known(database: Database) -> None:
    def story(db: Connection) -> list[str]:
        known(db, PHONE)
        known(db, BSUID, PHONE)
        return list(db.execute(select(_address.c.kind).where(_address.c.reply_to)).scalars())

    assert await database.write(story) == ["bsuid"]


async def test_two_people_known_apart_become_one_when_a_message_names_both_and_the_key_wins(database: Database) -> None:
    def story(db: Connection) -> tuple[int, int, int, int]:
        by_phone, by_key = known(db, PHONE), known(db, BSUID)
        return by_phone, by_key, known(db, BSUID, PHONE), known(db, PHONE)

    by_phone, by_key, merged, later = await database.write(story)
    assert by_phone != by_key == merged == later


async def test_the_same_number_in_two_channels_is_two_people(database: Database) -> None:
    assert await database.write(lambda db: known(db, PHONE) != known(db, PHONE, channel="sms"))


async def test_who_writes_again_after_being_erased_begins_anew(database: Database) -> None:
    def story(db: Connection) -> tuple[int, int]:
        first = known(db, PHONE)
        db.execute(update(_contact).where(_contact.c.id == first).values(data_key=None))
        return first, known(db, PHONE)

    first, second = await database.write(story)
    assert first != second


async def test_addresses_and_texts_are_not_in_the_database_file(database: Database) -> None:
    def store(db: Connection) -> None:
        inbound = Inbound(channel="whatsapp", provider_id="SM1", addresses=(PHONE,), event=Said(text="mon secret"))
        inbox.receive(db, VAULT, HouseBell(), NOW, inbound, "t", "m")

    await database.write(store)

    def everything(db: Connection) -> bytes:
        rows = [*db.execute(select(_address)), *db.execute(select(_inbox))]
        return b"".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for row in rows for v in row)

    written = await database.read(everything)
    assert b"212600000001" not in written
    assert b"secret" not in written


def _said(text: str, who: str, channel: str = "telegram", number: int = 1) -> Inbound:
    event = Started(payload=text) if text.startswith("DALIL-start") else Said(text=text)
    return Inbound(channel=channel, provider_id=f"p{number}", addresses=(Address(kind="chat", value=who),), event=event)


async def _receive(database: Database, inbound: Inbound, now=NOW) -> int:
    received = await database.write(lambda db: inbox.receive(db, VAULT, HouseBell(), now, inbound, "t", "m"))
    return received.contact_id


async def test_a_one_time_code_carries_the_conversation_to_another_channel_once(database: Database) -> None:
    visitor = await _receive(database, _said("bonjour", "v1", "web", 1))
    code = await database.write(lambda db: links.issue(db, VAULT, NOW, visitor))
    assert await _receive(database, _said(code.lower(), "tg-7", number=2)) == visitor
    assert await _receive(database, _said("je continue ici", "tg-7", number=3)) == visitor
    assert await _receive(database, _said(code, "tg-8", number=4)) != visitor
    kinds = await database.read(lambda db: list(db.execute(select(_inbox.c.kind).order_by(_inbox.c.id)).scalars()))
    assert kinds == ["Said", "Linked", "Said", "LinkFailed"]


async def test_a_code_is_good_for_fifteen_minutes(database: Database) -> None:
    visitor = await _receive(database, _said("bonjour", "v1", "web", 1))
    code = await database.write(lambda db: links.issue(db, VAULT, NOW, visitor))
    assert await _receive(database, _said(code, "tg-7", number=2), NOW + timedelta(minutes=16)) != visitor


async def test_a_deep_link_carries_the_code_too(database: Database) -> None:
    visitor = await _receive(database, _said("bonjour", "v1", "web", 1))
    code = await database.write(lambda db: links.issue(db, VAULT, NOW, visitor))
    inbound = Inbound(
        channel="telegram", provider_id="p9", addresses=(Address(kind="chat", value="tg"),), event=Started(payload=code)
    )
    assert await _receive(database, inbound) == visitor

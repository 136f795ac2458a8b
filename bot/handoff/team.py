"""The people of the team: accounts, passwords, signing in. Argon2id with the library's defaults (RFC 9106)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.storage.tables import Advisor, SignIn, table

Role = Literal["advisor", "coordinator", "administrator"]
ROLES: tuple[Role, ...] = ("advisor", "coordinator", "administrator")
SHORTEST_PASSWORD = 10
LIFETIME, IDLE = timedelta(hours=12), timedelta(hours=2)
MOST_FAILURES, LOCKED = 5, timedelta(minutes=15)
_hasher = PasswordHasher()
_advisor, _sign_in = table(Advisor), table(SignIn)


class Weak(ValueError):
    """The password is too short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody signed in."""

    id: int
    login: str
    name: str
    role: str
    office_kind: str
    region: str | None
    interface: str


def add(
    db: Connection,
    now: datetime,
    login: str,
    name: str,
    password: str,
    role: Role = "advisor",
    office_kind: str = "ngo",
    region: str | None = None,
    interface: str = "fr",
) -> int:
    """A new account. Raises Weak, and IntegrityError when the login is taken."""
    if len(password) < SHORTEST_PASSWORD:
        raise Weak(f"a password has at least {SHORTEST_PASSWORD} characters")
    values: dict[str, Any] = {
        "login": login.strip().lower(),
        "name": name.strip(),
        "role": role,
        "office_kind": office_kind,
        "region": region,
        "languages": [],
        "interface": interface,
        "password_hash": _hasher.hash(password),
        "active": True,
        "failures": 0,
        "created_at": now,
    }
    return int(db.execute(insert(_advisor).values(values).returning(_advisor.c.id)).scalar_one())


def set_password(db: Connection, login: str, password: str) -> bool:
    """A new password; everybody signed in with the old one is signed out. False when there is no such login."""
    if len(password) < SHORTEST_PASSWORD:
        raise Weak(f"a password has at least {SHORTEST_PASSWORD} characters")
    row = db.execute(select(_advisor.c.id).where(_advisor.c.login == login.strip().lower())).one_or_none()
    if row is None:
        return False
    values = {"password_hash": _hasher.hash(password), "failures": 0, "locked_until": None}
    db.execute(update(_advisor).where(_advisor.c.id == row.id).values(values))
    db.execute(delete(_sign_in).where(_sign_in.c.advisor_id == row.id))
    return True


def everybody(db: Connection) -> list[Row[Any]]:
    return list(db.execute(select(_advisor).order_by(_advisor.c.login)))


def account(db: Connection, login: str) -> Row[Any] | None:
    return db.execute(select(_advisor).where(_advisor.c.login == login.strip().lower())).one_or_none()


def matches(row: Row[Any] | None, password: str) -> bool:
    """Slow on purpose: call it outside a unit of work, in a thread."""
    try:
        return _hasher.verify(row.password_hash if row else _nobody(), password) and row is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def may_try(row: Row[Any], now: datetime) -> bool:
    """False while the account is locked against guessing, or closed."""
    return bool(row.active and (row.locked_until is None or row.locked_until <= now))


def begin(db: Connection, now: datetime, login: str) -> Row[Any] | None:
    """The account, if a password may be tried on it now. The try counts as failed until `sign_in` says otherwise, under a
    lock, so that a hundred tries side by side are still five. The fifth locks the account for a quarter of an hour."""
    query = select(_advisor).where(_advisor.c.login == login.strip().lower()).with_for_update()
    row = db.execute(query).one_or_none()
    if row is None or not may_try(row, now):
        return None
    failures = row.failures + 1
    locked = now + LOCKED if failures >= MOST_FAILURES else row.locked_until
    values = {"failures": failures % MOST_FAILURES, "locked_until": locked}
    db.execute(update(_advisor).where(_advisor.c.id == row.id).values(values))
    return row


def sign_in(db: Connection, now: datetime, advisor_id: int, token: str) -> None:
    """Remember a browser by the hash of its token."""
    db.execute(update(_advisor).where(_advisor.c.id == advisor_id).values(failures=0, locked_until=None))
    values = {"token_hash": _hash(token), "advisor_id": advisor_id, "created_at": now, "seen_at": now}
    db.execute(insert(_sign_in).values(values | {"expires_at": now + LIFETIME}))


def who(db: Connection, now: datetime, token: str) -> Member | None:
    """Who is signed in with this token, if it is still good."""
    query = (
        select(_advisor, _sign_in.c.seen_at)
        .join(_sign_in, _sign_in.c.advisor_id == _advisor.c.id)
        .where(_sign_in.c.token_hash == _hash(token), _sign_in.c.expires_at > now, _advisor.c.active)
    )
    row = db.execute(query).one_or_none()
    if row is None or row.seen_at + IDLE <= now:
        return None
    return Member(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        office_kind=row.office_kind,
        region=row.region,
        interface=row.interface,
    )


def seen(db: Connection, now: datetime, token: str) -> None:
    db.execute(update(_sign_in).where(_sign_in.c.token_hash == _hash(token)).values(seen_at=now))


def sign_out(db: Connection, token: str) -> None:
    db.execute(delete(_sign_in).where(_sign_in.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def set_interface(db: Connection, advisor_id: int, language: str) -> None:
    """The language the console speaks to this person."""
    db.execute(update(_advisor).where(_advisor.c.id == advisor_id).values(interface=language))


@cache
def _nobody() -> str:
    """Something to compare with, so that an unknown login takes as long as a wrong password."""
    return _hasher.hash("nobody has this password")

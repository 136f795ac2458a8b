"""What all tables share: names of constraints, moments in UTC, keys that count up on both databases."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, String, Table, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An instant. Aware in Python, always UTC in the database; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


Big = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(Big, primary_key=True, autoincrement=True)]
Code = Annotated[str, mapped_column(String(64))]
Text = Annotated[str, mapped_column(String(500))]
Sealed = Annotated[bytes, mapped_column(LargeBinary)]
At = Annotated[datetime, mapped_column(Moment)]
Data = Annotated[dict[str, Any], mapped_column(JSON)]

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""Rows of these tables are deleted, and their ids name things (a timer's event, a page's place in the stream): none comes twice.
https://www.sqlite.org/autoinc.html"""


class Base(DeclarativeBase):
    """All tables; `Base.metadata` is what migrations are compared with."""

    metadata = MetaData(naming_convention=NAMING)


def table(model: type[Base]) -> Table:
    """The table behind a model: statements here are written on tables, models only describe them."""
    found = model.__table__
    assert isinstance(found, Table)
    return found

"""A table of sessions, brought in: each row is written or named with what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.booking import changing, planning
from bot.booking.planning import BadRow, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A row left out. `row` is its number as the spreadsheet shows it."""

    row: int
    why: BadRow


@dataclass(slots=True, kw_only=True)
class Report:
    """What became of a table's rows."""

    new: int = 0
    changed: int = 0
    same: int = 0
    bad: list[Bad] = field(default_factory=list)

    @property
    def good(self) -> int:
        return self.new + self.changed + self.same


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A table as read, before anything is written: plans by row number, and the rows that cannot be read."""

    plans: dict[int, Plan]
    bad: tuple[Bad, ...]


def read(file: Path, zone: str, find_city: Callable[[str], str | None]) -> Read:
    """Raises planning.BadFile. A session named twice counts where it stands first."""
    plans: dict[int, Plan] = {}
    bad: list[Bad] = []
    seen: dict[str, int] = {}
    for number, row in planning.rows_of(file):
        try:
            plan = planning.plan_of(row, zone, find_city, number)
            if plan.id in seen:
                raise BadRow("id", f"{plan.id} stands in row {seen[plan.id]} already", "twice")
        except BadRow as why:
            bad.append(Bad(row=number, why=why))
        else:
            plans[number], seen[plan.id] = plan, number
    return Read(plans=plans, bad=tuple(bad))


def write(db: Connection, now: datetime, table: Read, token: Callable[[], str], past: bool = True) -> Report:
    """`past`: sessions that have begun are written too, as the history of a deployment before this one."""
    report = Report(bad=list(table.bad))
    for number, plan in table.plans.items():
        try:
            if not past and not changing.is_same(db, plan):
                changing.ahead(plan, now)
            became = changing.bring(db, now, plan, token())
        except BadRow as why:
            report.bad.append(Bad(row=number, why=why))
        else:
            setattr(report, became, getattr(report, became) + 1)
    report.bad.sort(key=lambda bad: bad.row)
    return report

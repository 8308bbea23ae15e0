"""Go-live windows: which one is open, and how a first report that was granted in one stands. Below the clocks, which ask it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from crm.claims.models import Claim, GoLiveConflict, GoLiveSide, GoLiveWindow
from crm.core import clock
from crm.core.db import db
from crm.core.small import SmallTable

# SQL: the window that a claim was granted in. A claim says nothing of windows: its moment does.
GRANTED_IN: ColumnElement[bool] = and_(
    Claim.granted_at >= GoLiveWindow.begins_at,
    Claim.granted_at < func.coalesce(GoLiveWindow.ended_at, GoLiveWindow.ends_at),
)
_ITS_CONFLICTS = and_(
    GoLiveSide.conflict_id == GoLiveConflict.id, GoLiveSide.lead_id == Claim.lead_id, GoLiveConflict.window_id == GoLiveWindow.id
)
_CONTESTED = exists().where(_ITS_CONFLICTS, GoLiveConflict.answer.is_(None)).correlate(Claim, GoLiveWindow)
_SETTLED = (
    select(func.max(GoLiveConflict.settled_at)).where(_ITS_CONFLICTS).correlate(Claim, GoLiveWindow).scalar_subquery()
)  # fmt: skip
# What a statement over claims, joined to their windows, reads for `standing`.
STANDING: tuple[Any, ...] = (GoLiveWindow.id, GoLiveWindow.ended_at, _CONTESTED, _SETTLED)

_any_yet = SmallTable(lambda: select(exists(select(GoLiveWindow.id))), lambda rows: bool(rows[0][0]))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a first report stands to its window: 暂定 or not, in an unsettled conflict, or an ordinary one since a day."""

    provisional: bool = False
    contested: bool = False
    begun: date | None = None


def with_standing(query: Any) -> Any:
    """A statement over claims that reads STANDING as its last columns. Where there never was a window none need ask."""
    return query.add_columns(*STANDING).outerjoin(GoLiveWindow, GRANTED_IN)


def standing(
    window: int | None = None, ended_at: datetime | None = None, contested: bool = False, settled_at: datetime | None = None
) -> Standing:  # fmt: skip
    """The columns of STANDING, read; without them there was no window."""
    if window is None:
        return Standing()
    if ended_at is None or contested:
        return Standing(provisional=True, contested=bool(contested))
    return Standing(begun=clock.city_day(max(ended_at, settled_at or ended_at)))


def provisional() -> ColumnElement[bool]:
    """SQL: claims that are provisional."""
    open_ = or_(GoLiveWindow.ended_at.is_(None), _CONTESTED)
    return exists().where(GRANTED_IN, open_).correlate(Claim)


def began_after(day: date) -> ColumnElement[bool]:
    """SQL: claims of a window that became ordinary ones after that day."""
    bound = clock.start_of(day, days=1)
    late = exists().where(_ITS_CONFLICTS, GoLiveConflict.settled_at >= bound).correlate(Claim, GoLiveWindow)
    return exists().where(GRANTED_IN, or_(GoLiveWindow.ended_at >= bound, late)).correlate(Claim)


def any_yet() -> bool:
    """Whether there ever was a window: most of the time there is none, and no statement need ask."""
    return _any_yet()


def unended_window() -> GoLiveWindow | None:
    """The window that is planned, open, or past its last day and not ended yet."""
    return db.session.scalar(select(GoLiveWindow).where(GoLiveWindow.ended_at.is_(None)))


def open_window(now: datetime) -> GoLiveWindow | None:
    """The window that is open at a moment."""
    found = unended_window()
    return found if found is not None and found.begins_at <= now < found.ends_at else None


def all_windows() -> list[GoLiveWindow]:
    """All windows, the latest first."""
    return list(db.session.scalars(select(GoLiveWindow).order_by(GoLiveWindow.begins_at.desc(), GoLiveWindow.id.desc())))


def conflicts_of(window_id: int, *, unsettled: bool = False) -> list[GoLiveConflict]:
    """The conflicts written down for a window; `unsettled`: and those of others that are not settled."""
    mine = GoLiveConflict.window_id == window_id
    query = select(GoLiveConflict).where(or_(mine, GoLiveConflict.answer.is_(None)) if unsettled else mine)
    return list(db.session.scalars(query.order_by(GoLiveConflict.id)))


def unsettled_of_leads(lead_ids: list[int]) -> list[GoLiveConflict]:
    """The conflicts written down and not settled that some leads are sides of."""
    sides = select(GoLiveSide.conflict_id).where(GoLiveSide.lead_id.in_(lead_ids))
    query = select(GoLiveConflict).where(GoLiveConflict.id.in_(sides), GoLiveConflict.answer.is_(None))
    return list(db.session.scalars(query.order_by(GoLiveConflict.id)))


def granted_in_one(claim_ids: list[int]) -> bool:
    """Whether one of these claims was granted in a window."""
    if not any_yet():
        return False
    query = select(Claim.id).join(GoLiveWindow, GRANTED_IN).where(Claim.id.in_(claim_ids))
    return db.session.scalar(query.limit(1)) is not None


def decided_for(lead_id: int) -> GoLiveSide | None:
    """The side for which the last conflict about a lead was decided, this lead's or another's; None without a decision, or when
    the last one said that these are different projects.
    """
    about = select(GoLiveSide.conflict_id).where(GoLiveSide.lead_id == lead_id)
    query = select(GoLiveConflict).where(GoLiveConflict.id.in_(about), GoLiveConflict.answer.in_(("holder", "different")))
    last = db.session.scalar(query.order_by(GoLiveConflict.settled_at.desc(), GoLiveConflict.id.desc()).limit(1))
    return next((side for side in last.sides if side.holds), None) if last is not None else None

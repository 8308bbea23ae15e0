"""Named reads of shares, requests and code names, and the conditions by which lists take them into account."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Date, Select, bindparam, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import clock
from crm.core.db import db, known
from crm.core.errors import NotFound
from crm.policy.rules import Actor, holders_of
from crm.sharing.models import LeadSeal, LeadShare, ShareRequest
from crm.sharing.rules import RequestState, Tier
from crm.units import queries as units
from crm.units.models import Unit

T = TypeVar("T")


def held_by(actor: Actor) -> ColumnElement[bool]:
    """SQL: shares that a person holds today: their own, and those of their unit, the units above and their task forces."""
    mine = or_(LeadShare.unit_id.in_(sorted(holders_of(actor))), LeadShare.user_id == actor.user_id)
    return LeadShare.ended_at.is_(None) & (LeadShare.until >= clock.today()) & mine


# Both built once: every list asks them. For the day bound as "today".
SEALED_IDS = select(LeadSeal.lead_id).where(
    LeadSeal.consented_at.is_not(None), LeadSeal.ended_at.is_(None), LeadSeal.until >= bindparam("today", type_=Date())
)
_HOLDS = select(LeadShare.id).where(
    LeadShare.ended_at.is_(None), LeadShare.until >= bindparam("today", type_=Date()),
    or_(LeadShare.unit_id.in_(bindparam("units", expanding=True)), LeadShare.user_id == bindparam("user")),
).limit(1)  # fmt: skip


def shared_with(actor: Actor, lead_id: InstrumentedAttribute[int], *, detail: bool = False) -> ColumnElement[bool]:
    """SQL: leads (by the column of their id) that a person holds a share of; with `detail` of more than the card. Whoever holds
    none (asked once a request) costs a list nothing.
    """

    def any_held() -> bool:
        facts = {"today": clock.today(), "units": sorted(holders_of(actor)), "user": actor.user_id}
        return db.session.scalar(_HOLDS, facts) is not None

    if not known(f"sharing.holds.{actor.user_id}", any_held):
        return false()
    held = select(LeadShare.lead_id).where(held_by(actor))
    return lead_id.in_(held.where(LeadShare.tier != Tier.CARD) if detail else held)


def shares_of(lead_ids: Iterable[int]) -> dict[int, list[LeadShare]]:
    """The shares in force of each lead, in the order in which they were given."""
    query = select(LeadShare).where(LeadShare.lead_id.in_(list(lead_ids)), LeadShare.ended_at.is_(None))
    query = query.where(LeadShare.until >= clock.today()).order_by(LeadShare.id)
    who = (joinedload(LeadShare.unit), joinedload(LeadShare.user), joinedload(LeadShare.granted_by, innerjoin=True))
    found: dict[int, list[LeadShare]] = defaultdict(list)
    for share in db.session.scalars(query.options(*who)):
        found[share.lead_id].append(share)
    return found


def past_shares_of(lead_id: int, *, limit: int = 20) -> list[LeadShare]:
    """The shares of a lead that have ended, the latest first."""
    over = or_(LeadShare.ended_at.is_not(None), LeadShare.until < clock.today())
    query = select(LeadShare).where(LeadShare.lead_id == lead_id, over).order_by(LeadShare.id.desc()).limit(limit)
    return list(db.session.scalars(query.options(joinedload(LeadShare.unit), joinedload(LeadShare.user))))


def live_row(lead_id: int, *, unit_id: int | None, user_id: int | None) -> LeadShare | None:
    """The row that no one has ended of a holder, past its day or not."""
    query = select(LeadShare).where(LeadShare.lead_id == lead_id, LeadShare.ended_at.is_(None))
    return db.session.scalar(query.where(LeadShare.unit_id == unit_id if unit_id else LeadShare.user_id == user_id))


def live_of_unit(unit_id: int) -> list[LeadShare]:
    """The shares of a unit that nobody has ended."""
    return list(db.session.scalars(select(LeadShare).where(LeadShare.unit_id == unit_id, LeadShare.ended_at.is_(None))))


def share(public_id: str) -> LeadShare:
    """The share named in a URL; NotFound. The caller asks the lead's policy."""
    return _there(db.session.scalar(select(LeadShare).where(LeadShare.public_id == public_id)))


def request(public_id: str) -> ShareRequest:
    """The request named in a URL; NotFound. The caller asks the lead's policy."""
    return _there(db.session.scalar(select(ShareRequest).where(ShareRequest.public_id == public_id)))


def _there(found: T | None) -> T:
    if found is None:
        raise NotFound
    return found


def open_request(lead_id: int, unit_id: int) -> ShareRequest | None:
    """A unit's request that waits."""
    query = select(ShareRequest).where(ShareRequest.lead_id == lead_id, ShareRequest.unit_id == unit_id)
    return db.session.scalar(query.where(ShareRequest.state == RequestState.OPEN))


def _among(lead_id: InstrumentedAttribute[int], leads: Select[int] | list[int]) -> ColumnElement[bool]:
    """SQL: the row is about one of these leads. Few rows wait, of many leads: each asks for its lead, rather than all leads being
    listed first.
    """
    if isinstance(leads, list):
        return lead_id.in_(leads)
    return leads.where(leads.selected_columns[0] == lead_id).correlate(lead_id.class_).exists()


def open_requests(lead_ids: Select[int] | list[int]) -> list[ShareRequest]:
    """The requests that wait, of some leads, longest first."""
    query = select(ShareRequest).where(ShareRequest.state == RequestState.OPEN, _among(ShareRequest.lead_id, lead_ids))
    return list(db.session.scalars(query.order_by(ShareRequest.id).limit(200)))


def asked_by_unit(unit_id: int, *, limit: int = 30) -> list[ShareRequest]:
    """What a unit asked for from outside, the latest first."""
    query = select(ShareRequest).where(ShareRequest.unit_id == unit_id, ShareRequest.from_outside)
    return list(db.session.scalars(query.order_by(ShareRequest.id.desc()).limit(limit)))


def live_seal(lead_id: int) -> LeadSeal | None:
    """The code name of a lead that nobody has ended: asked for, in force, or past its day."""
    return db.session.scalar(select(LeadSeal).where(LeadSeal.lead_id == lead_id, LeadSeal.ended_at.is_(None)))


def has_seal(lead_id: int) -> bool:
    """Whether a lead goes by a code name today, or waits for one: it is asked for no other meanwhile."""
    live = live_seal(lead_id)
    return live is not None and live.until >= clock.today()


def seals_to_watch(after: int, until: date, *, size: int) -> list[LeadSeal]:
    """The next code names after one, in force or asked for, whose day is `until` or before, in the order of their ids."""
    query = select(LeadSeal).where(LeadSeal.ended_at.is_(None), LeadSeal.until <= until, LeadSeal.id > after)
    return list(db.session.scalars(query.order_by(LeadSeal.id).limit(size)))


def waiting_seals(lead_ids: Select[int]) -> list[LeadSeal]:
    """Code names of some leads that wait for a coordinator's consent and whose day is not past, longest first."""
    query = select(LeadSeal).where(LeadSeal.consented_at.is_(None), LeadSeal.ended_at.is_(None))
    query = query.where(LeadSeal.until >= clock.today(), _among(LeadSeal.lead_id, lead_ids))
    return list(db.session.scalars(query.order_by(LeadSeal.id)))


def seals_of_unit(unit_id: int) -> int:
    """How many code names count against a unit's quota: in force, or asked for."""
    live = (LeadSeal.unit_id == unit_id) & LeadSeal.ended_at.is_(None) & (LeadSeal.until >= clock.today())
    return db.session.scalar(select(func.count()).select_from(LeadSeal).where(live)) or 0


def code_name_is_taken(code_name: str) -> bool:
    """Whether a lead goes by it today, or is to."""
    live = LeadSeal.ended_at.is_(None) & (LeadSeal.until >= clock.today())  # few: and SQLite folds no case beyond ASCII
    names = db.session.scalars(select(LeadSeal.code_name).where(live))
    return code_name.casefold() in {name.casefold() for name in names}


def _live(holder: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).where(holder, LeadShare.ended_at.is_(None), LeadShare.until >= clock.today())


def _with_unit(unit: Unit) -> Select[int]:
    return _live(LeadShare.unit_id == unit.id)


def _with_person(user: User) -> Select[int]:
    return _live(LeadShare.user_id == user.id)


units.hanging_on.add(shares=_with_unit)
accounts.left_of.add(shares=_with_person)

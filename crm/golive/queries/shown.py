"""The list of conflicts as somebody may see it. The city's people read all; a unit its own conflicts, and of the other sides what
the policy lets it read of a lead.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from crm.accounts.models import User
from crm.claims import queries as claims
from crm.claims.models import Claim, GoLiveConflict
from crm.core.db import db, one_of
from crm.golive.queries.found import Found, sides_of
from crm.golive.rules import Brought, Kind
from crm.leads.models import Lead, SecondReport
from crm.leads.queries.rows import Row, rows_of
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units
from crm.units.rules import UnitLabel


@dataclass(frozen=True, slots=True)
class Side:
    """One line of a conflict. `place`: its rank from 1, of those shown. Without a `unit` the reader may not know whose it is;
    without a day (`on`) nothing of it. `row`: its lead, cut; `claim`: the live first report that is this side's; `typed`: what a
    second report called it.
    """

    place: int
    key: str
    row: Row | None = None
    unit: UnitLabel | None = None
    on: date | None = None
    basis: str = ""
    pieces: int | None = None
    at: datetime | None = None
    who: str = ""
    claim: str = ""
    typed: str = ""
    report: bool = False
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict and its sides. `key` names it in a form, `name` is the investor where the reader may know it."""

    key: str
    kind: str
    name: str | None
    sides: tuple[Side, ...]
    row: GoLiveConflict | None
    settled_by: str = ""

    @property
    def settled(self) -> bool:
        """Whether there is an answer."""
        return self.row is not None and self.row.answer is not None

    @property
    def lead_ids(self) -> list[str]:
        """The leads that its sides stand for, as far as they may be named."""
        return list(dict.fromkeys(side.row.public_id for side in self.sides if side.row is not None and side.row.detail))


@dataclass(frozen=True, slots=True)
class _Facts:
    """What all sides need, read at once."""

    rows: dict[int, Row]
    leads: dict[int, Lead]
    reports: dict[int, SecondReport]
    live: dict[int, Claim]
    people: dict[int, str]
    units: dict[int, UnitLabel]


def shown(found: Iterable[Found], actor: Actor) -> list[Conflict]:
    """The conflicts that concern this person, cut."""
    kept = list(found)
    facts = _read(kept, actor)
    made = [_conflict(one, facts, actor) for one in kept]
    return [one for one in made if one is not None]


def _read(found: list[Found], actor: Actor) -> _Facts:
    sides = [side for one in found for side in one.sides]
    ids = sorted({side.lead_id for side in sides})
    leads = {lead.id: lead for lead in db.session.scalars(select(Lead).where(one_of(Lead.id, ids)))}
    wanted = {side.report_id for side in sides if side.report_id is not None}
    reports = {row.id: row for row in db.session.scalars(select(SecondReport).where(one_of(SecondReport.id, wanted)))}
    people = {person or 0 for lead in leads.values() for person in (lead.owner_id, lead.registered_by_id)}
    people |= {row.reported_by_id for row in reports.values()} | {one.row.settled_by_id or 0 for one in found if one.row}
    names = {row[0]: row[1] for row in db.session.execute(select(User.id, User.name).where(one_of(User.id, people)))}
    return _Facts(
        rows_of(ids, actor), leads, reports, claims.live_for_all(ids), names,
        units.labels(),
    )  # fmt: skip


def key_of(sides: Iterable[Brought], leads: dict[int, Lead], reports: dict[int, SecondReport]) -> dict[tuple[int, int], str]:
    """What sides are called in a form."""
    return {side.key: (reports[side.report_id] if side.report_id else leads[side.lead_id]).public_id for side in sides}


def _conflict(one: Found, facts: _Facts, actor: Actor) -> Conflict | None:
    keys = key_of(one.sides, facts.leads, facts.reports)
    holders = {(side.lead_id, side.report_id or 0) for side in sides_of(one.row, facts.live) if side.holds} if one.row else set()
    cut = [(brought, _side(brought, keys[brought.key], facts, actor, holds=brought.key in holders)) for brought in one.sides]
    own = {brought.company_id for brought, side in cut if side is not None and _mine(side, brought, actor)}
    # That another firm, of one's group or of a like name, has a lead that one may not read is nobody's to learn.
    kept = [(brought, side) for brought, side in cut if side is not None or brought.company_id in own]
    drawn = [replace(side or Side(0, keys[brought.key]), place=place) for place, (brought, side) in enumerate(kept, 1)]
    if not (own or actor.city_wide) or len(drawn) < min(2, len(one.sides)):
        return None
    kind = one.kind if len({brought.company_id for brought, _side in kept}) > 1 else Kind.COMPANY
    said = [name for side in drawn if side.row for name in (side.row.name, side.row.code) if name]
    name = next(iter([*said, *(side.typed for side in drawn if side.typed)]), None)
    by = facts.people.get(one.row.settled_by_id or 0, "") if one.row else ""
    return Conflict(".".join(sorted(keys.values())), kind, name, tuple(drawn), one.row, by)


def _mine(side: Side, brought: Brought, actor: Actor) -> bool:
    """Whether a side is this person's to know: a lead whose detail they read, or what their unit reported."""
    if brought.report_id is not None:
        return brought.unit_id in policy.units_of(actor)
    return side.row is not None and side.row.detail


def _side(side: Brought, key: str, facts: _Facts, actor: Actor, *, holds: bool) -> Side | None:
    """One side, cut; None for what the reader may see no card of."""
    row, lead = facts.rows.get(side.lead_id), facts.leads[side.lead_id]
    report = facts.reports[side.report_id] if side.report_id is not None else None
    own_report = report is not None and side.unit_id in policy.units_of(actor)
    if row is None and not own_report:
        return None
    detail = row is not None and row.detail
    open_ = detail or own_report or (report is None and row is not None and not row.masked)
    claim = facts.live.get(side.lead_id)
    number = claim.number if claim is not None and detail and claim.unit_id == side.unit_id else ""
    who = ""
    if report is not None and (detail or own_report):
        who = facts.people.get(report.reported_by_id, "")
    elif report is None and detail:
        who = facts.people.get(lead.registered_by_id if lead.origin == "form" else lead.owner_id or lead.registered_by_id, "")
    return Side(
        0, key, row if row is not None and (report is None or detail) else None, facts.units[side.unit_id] if open_ else None,
        side.evidenced_on, side.basis, side.pieces if detail and report is None else None, side.at, who,
        number, str(report.typed.get("investor") or "") if own_report and report is not None else "", report is not None, holds,
    )  # fmt: skip

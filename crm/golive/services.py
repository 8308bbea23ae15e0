"""Opening and closing the window, and settling a conflict. The coordinator does; everybody concerned is told."""

from datetime import date, datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.claims import queries as claims
from crm.claims import services as claim_services
from crm.claims.models import GoLiveConflict, GoLiveSide, GoLiveWindow
from crm.claims.rules.windows import ConflictSettled, EarlierWindow, SideUnfit
from crm.claims.services import NewSide
from crm.core.db import db, one_of
from crm.golive import queries
from crm.golive.queries import Found
from crm.golive.queries.found import sides_of
from crm.golive.queries.shown import key_of
from crm.golive.rules import Answer, Brought
from crm.leads import services as lead_services
from crm.leads.models import Lead, SecondReport
from crm.leads.queries import access
from crm.leads.rules.lead import Outcome
from crm.notifications import services as notifications
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role


def open_window(first: date, last: date, reason: str, *, city: str, actor: Actor, now: datetime) -> GoLiveWindow:
    """Open the window from a day to another; one that is past its last day ends first. All managers are told.

    Raises WindowThere, WindowDays, WindowReasonNeeded, Forbidden.
    """
    policy.require(policy.of_role(actor), "golive", "open", seen_by="list")
    claim_services.hold_windows()
    end_overdue(now=now)
    window = claim_services.open_window(first, last, reason, city=city, actor=actor, now=now)
    facts = {"first": first.isoformat(), "last": last.isoformat()}
    notifications.notify(_everybody(), "go_live.opened", subject=None, facts=facts, actor=actor, now=now)
    return window


def close_window(reason: str, *, actor: Actor, now: datetime) -> GoLiveWindow:
    """End the window today: clocks start, what is in conflict stays provisional. Raises NoWindow, WindowReasonNeeded,
    Forbidden.
    """
    policy.require(policy.of_role(actor), "golive", "close", seen_by="list")
    claim_services.hold_windows()
    return _end(reason, actor, now)


def end_overdue(*, now: datetime) -> GoLiveWindow | None:
    """End the window whose last day is over; None when there is none."""
    claim_services.hold_windows()
    window = claims.unended_window()
    return _end("", None, now) if window is not None and window.ends_at <= now else None


def _end(reason: str, actor: Actor | None, now: datetime) -> GoLiveWindow:
    window = claims.unended_window()
    met = queries.met_now(window) if window is not None else []
    ended = claim_services.end_window([(one.kind, _new(one.sides)) for one in met], reason, actor=actor, now=now)
    notifications.notify(_everybody(), "go_live.closed", subject=None, facts={"conflicts": len(met)}, actor=actor, now=now)
    return ended


def _new(sides: tuple[Brought, ...]) -> list[NewSide]:
    return [NewSide(side.lead_id, side.unit_id, side.evidenced_on, side.basis, side.report_id) for side in sides]


def settle(key: str, answer: Answer, holder: str, reason: str, *, actor: Actor, now: datetime) -> GoLiveConflict:
    """Settle a conflict, named by its sides: the first report is the holder's (another side's public id), the others give way;
    or these are different projects, and every first report stands. Clocks start from today, or with the window's end.

    Raises ConflictSettled when it is no more as the form showed it, EarlierWindow, SideUnfit, WindowReasonNeeded, Forbidden.
    """
    policy.require(policy.of_role(actor), "golive", "decide", seen_by="list")
    claim_services.hold_windows()
    window = claims.unended_window()
    shown = window or next(iter(claims.all_windows()), None)
    found, _keys = _named(key, shown)
    leads = {lead_id: access.locked_for_room(lead_id) for lead_id in sorted({side.lead_id for side in found.sides})}
    db.session.expire_all()  # whoever merged one of them while this waited has settled it, or made it another conflict
    found, keys = _named(key, shown)
    open_ = claims.open_window(now)
    if open_ is not None and found.row is not None and found.row.window_id != open_.id:
        raise EarlierWindow
    chosen = next((side for side in found.sides if keys[side.key] == holder), None)
    if answer is Answer.HOLDER and chosen is None:
        raise SideUnfit
    row = found.row
    if row is None:
        assert window is not None
        row = claim_services.keep_conflict(window, found.kind, _new(found.sides), now=now)
    held = _side_of(row, chosen) if answer is Answer.HOLDER and chosen is not None else None
    claim_services.settle_conflict(row, answer, reason, holder=held, actor=actor, now=now)
    if held is not None:
        _give_way(row, held, leads, running=open_ is not None, actor=actor, now=now)
    _grant_late(row, leads, actor=actor, now=now)
    _tell(row, leads, actor, now)
    return row


def _named(key: str, window: GoLiveWindow | None) -> tuple[Found, dict[tuple[int, int], str]]:
    """The unsettled conflict that a form named, as it is now."""
    unsettled = [found for found in queries.all_found(window) if not found.settled]
    ids = {side.lead_id for found in unsettled for side in found.sides}
    leads = {lead.id: lead for lead in db.session.scalars(select(Lead).where(one_of(Lead.id, ids)))}
    wanted = {side.report_id for found in unsettled for side in found.sides if side.report_id is not None}
    reports = {row.id: row for row in db.session.scalars(select(SecondReport).where(one_of(SecondReport.id, wanted)))}
    for found in unsettled:
        keys = key_of(found.sides, leads, reports)
        if ".".join(sorted(keys.values())) == key:
            return found, keys
    raise ConflictSettled


def _side_of(row: GoLiveConflict, chosen: Brought) -> GoLiveSide:
    live = claims.live_for_all([chosen.lead_id])
    return next(side for side in sides_of(row, live) if (side.lead_id, side.report_id or 0) == chosen.key)


def _give_way(
    row: GoLiveConflict, held: GoLiveSide, leads: dict[int, Lead], *, running: bool, actor: Actor, now: datetime
) -> None:  # fmt: skip
    """The other sides' first reports are withdrawn; one on the same lead goes to the side that holds it."""
    reason = row.reason or ""
    for lead_id in leads:
        if lead_id != held.lead_id:
            claim_services.withdraw_claim(lead_id, reason, actor=actor, now=now)
    live = claims.live_for(held.lead_id)
    if live is None or live.unit_id == held.unit_id:
        return
    claim_services.withdraw_claim(held.lead_id, reason, actor=actor, now=now)
    lead = leads[held.lead_id]
    _unit_id, user_id = lead_services.holder_of(lead, held)
    came = lead.registered_at if held.report_id is None else db.session.get_one(SecondReport, held.report_id).reported_at
    claim_services.grant_claim(
        lead_id=lead.id, unit_id=held.unit_id, user_id=user_id, counts_from=came if running else now,
        evidence_count=live.evidence_count, evidenced=live.evidenced, city=live.number.split("-")[0], actor=actor, now=now,
        total_cny=lead.total_cny, contracted_usd=lead.contracted_usd,
    )  # fmt: skip


def _grant_late(row: GoLiveConflict, leads: dict[int, Lead], *, actor: Actor, now: datetime) -> None:
    """Who was admitted while the conflict waited was granted nothing then, and is now, unless it gave way."""
    city = db.session.get_one(GoLiveWindow, row.window_id).city
    for lead in leads.values():
        if lead.assessment == Outcome.ADMITTED and lead.assessed_at is not None and lead.assessed_at >= row.found_at:
            lead_services.grant_first_report(lead, city=city, actor=actor, now=now, counts_from=now)


def _everybody() -> list[int]:
    """Who answers for a unit, and the coordinators."""
    return [user.id for role in (Role.DISTRICT_MANAGER, Role.COORDINATOR) for user in accounts.of_role(role)]


def _tell(row: GoLiveConflict, leads: dict[int, Lead], actor: Actor, now: datetime) -> None:
    """The people of each lead, and of each unit that is a side, are told; who may not read the lead reads no name."""
    for lead in leads.values():
        people = {lead.registered_by_id, *([lead.owner_id] if lead.owner_id else [])}
        people |= {user.id for user in accounts.managers_of(lead.following_unit_path)}
        wanted = [side.report_id for side in row.sides if side.lead_id == lead.id and side.report_id is not None]
        people |= set(db.session.scalars(select(SecondReport.reported_by_id).where(SecondReport.id.in_(wanted))))
        facts = {"number": lead.number, "name": lead.display_name or lead.title, "answer": row.answer}
        notifications.notify(people, "go_live.settled", subject=("lead", lead.public_id), facts=facts, actor=actor, now=now)

"""What rooms above tell a lead: progress, a next step, a new stage. The lead repeats the newest."""

from collections.abc import Iterable
from datetime import date, datetime

from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db
from crm.core.money import Money
from crm.leads.models import FieldChange, Lead
from crm.leads.queries import access
from crm.leads.queries.listing import LEAD
from crm.leads.rules.lead import STAGE_DAY, Stage, Status
from crm.leads.services.recounting import recount
from crm.matching import services as matching
from crm.matching.rules.tokens import search_text_of
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.tasks import services as tasks


def index_lead(lead: Lead, more_names: tuple[str, ...] = ()) -> None:
    """Make the lead findable by its number and those of the leads merged into it, title, investor (every name), intermediary."""
    lead.search_text = search_text_for(lead, more_names, access.merged_into(lead.id))
    matching.index_search_text(LEAD, lead.id, lead.search_text)


def search_text_for(lead: Lead, more_names: tuple[str, ...], gone: Iterable[Lead]) -> str:
    """What a search of a lead is checked against; `gone`: the leads merged into it."""
    names = [name.text for name in lead.investor.names] if lead.investor else []
    texts = [lead.number, lead.title, *names, *more_names, lead.intermediary or "", lead.external_number or ""]
    for other in gone:
        texts += [other.number, other.external_number or ""]
    return search_text_of(*[text for text in texts if text])[:2000]


def note_progress(lead: Lead, on: date, *, now: datetime) -> None:
    """Something happened on a day."""
    lead.last_progress_on = max(on, lead.last_progress_on or on)
    lead.touched_at = now


def note_next_step(lead: Lead, text: str, due_on: date | None, *, assignee_id: int, actor: Actor, now: datetime) -> None:
    """What is to be done next, by whom and when."""
    tasks.set_next_step(lead_id=lead.id, text=text, due_on=due_on, assignee_id=assignee_id, actor=actor, now=now)
    lead.next_step, lead.next_due = text, due_on


def set_next_step(lead: Lead, text: str, due_on: date | None, *, actor: Actor, now: datetime) -> None:
    """Another next step without a word of progress, with its line of the timeline and the audit. Call with the lead locked, after
    the policy said yes to writing progress.
    """
    old, new = _step(lead.next_step, lead.next_due), _step(text, due_on)
    note_next_step(lead, text, due_on, assignee_id=lead.owner_id or actor.user_id, actor=actor, now=now)
    lead.touched_at = now
    row = FieldChange(lead_id=lead.id, field="next_step", old=old, new=new, changed_by_id=actor.user_id, changed_at=now)
    db.session.add(row)
    audit.record("lead.next_step_set", subject=("lead", lead), facts={"old": old, "new": new}, actor=actor, now=now)
    db.session.flush()


def _step(text: str | None, due_on: date | None) -> str | None:
    return " ".join(part for part in (text, due_on.isoformat() if due_on else None) if part) or None


def set_sums(lead: Lead, total: Money | None, contracted: Money | None) -> None:
    """Store sums as typed and converted at the newest rate: total into fen, contracted foreign capital into cents; what other
    leads of its family count is left out anew.
    """
    table, today = rates.table(), clock.today()
    lead.total_amount, lead.total_currency = (total.amount, total.currency) if total else (None, None)
    lead.total_cny = table.convert(total, "CNY", today).amount if total else None
    lead.contracted_amount, lead.contracted_currency = (contracted.amount, contracted.currency) if contracted else (None, None)
    lead.contracted_usd = table.convert(contracted, "USD", today).amount if contracted else None
    lead.rate_day = today if total or contracted else None
    lead.less_cny = lead.less_usd = None
    recount(lead)


def note_contracted(lead: Lead, sum_: Money, *, actor: Actor, now: datetime) -> None:
    """The contract says how much foreign capital: the lead takes it over where it said nothing."""
    if lead.contracted_amount is None:
        total = Money(lead.total_amount, lead.total_currency) if lead.total_amount is not None and lead.total_currency else None
        set_sums(lead, total, sum_)
        text = f"{sum_.major:f} {sum_.currency}"
        row = FieldChange(lead_id=lead.id, field="contracted", old=None, new=text, changed_by_id=actor.user_id, changed_at=now)
        db.session.add(row)


def note_expected(lead: Lead, kind: str | None, on: date | None, slipped: int | None, moves: int | None) -> None:
    """The next milestone that has an expected day, that day, how many days and times it was moved; None for nothing."""
    lead.expected_kind, lead.expected_on, lead.expected_slip, lead.expected_moves = kind, on, slipped, moves


def note_status(lead: Lead, status: Status, *, actor: Actor, now: datetime) -> None:
    """The lead was paused, ended or taken up again. On an ended one nothing is to be done any more."""
    lead.status, lead.touched_at = status, now
    if status is Status.ENDED:
        tasks.finish_steps(lead_id=lead.id, actor=actor, now=now)
        lead.next_step = lead.next_due = None


def note_stage_day(lead: Lead, stage: Stage, old: date, new: date, *, current: bool, actor: Actor, now: datetime) -> None:
    """A stage began on another day than was said; `current`: it is the one the lead is in. Kept as a change of the lead, with the
    day that was said before.
    """
    if current:
        lead.stage_since = new
    row = FieldChange(
        lead_id=lead.id, field=f"{STAGE_DAY}{stage}", old=old.isoformat(), new=new.isoformat(), changed_by_id=actor.user_id,
        changed_at=now,
    )  # fmt: skip
    db.session.add(row)
    lead.touched_at = now


def note_stage(lead: Lead, stage: Stage, on: date, *, now: datetime) -> None:
    """The lead is in another stage since a day."""
    lead.stage, lead.stage_since, lead.touched_at = stage, on, now
    if stage is Stage.NEGOTIATING and lead.first_talks_on is None:
        lead.first_talks_on = on

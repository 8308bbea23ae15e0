"""登记线索 for an import's chunk: many leads in one unit of work, each as `log_lead` would make it for a caller that has
matched in bulk, stored by a handful of statements for all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import attributes

from crm.clusters import queries as clusters
from crm.companies import queries as company_queries
from crm.companies import services as companies
from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, one_of
from crm.core.numbers import hold_series
from crm.events import services as events
from crm.leads.models import Lead
from crm.leads.queries.listing import LEAD
from crm.leads.rules.lead import NEEDS_REASON, Decision, Decisions, HitDecision, NewLead, ReasonNeeded
from crm.leads.services.coordinate import raise_matters
from crm.leads.services.log import Place, attach, composed, note_logged, typed_company
from crm.leads.services.notes import search_text_for
from crm.matching import services as matching
from crm.matching.rules import Subject
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.rates import queries as rates
from crm.units.models import Unit


@dataclass(frozen=True, slots=True)
class _Logged:
    lead: Lead
    new: NewLead
    choice: HitDecision | None


class ManyLeads:
    """Leads of many rows for `unit`, inside one unit of work. Each row sees what the rows before it made; `write` stores it.

    For rows of an import, which name their investor and were compared with the base before; nothing is compared again but the
    keys of names, under locks on them: two who write in the same second make one company.
    """

    def __init__(
        self, news: Sequence[NewLead], chosen: Iterable[str], *, unit: Unit, city: str, actor: Actor, now: datetime
    ) -> None:
        """Read and hold what the base has of the investors of all `news`, and of the `chosen` companies (public ids)."""
        policy.require(policy.of_role(actor), "lead", "log")
        self._unit, self._city, self._actor, self._now = unit, city, actor, now
        self._companies = companies.Many([typed_company(new) for new in news], chosen, actor=actor, now=now)
        known = self._companies.stored()
        self._slots, self._first = _leads_there(known)
        self._alone = set(known) - company_queries.groups_of(set(known)).keys()
        self._tags = {tag.id for tag in clusters.by_ids(tuple({id_ for new in news for id_ in new.cluster_ids}))}
        self._events = events.hold_sources({new.event_id for new in news if new.event_id is not None}, now=now)
        self._waiting: list[_Logged] = []
        hold_series("lead", clock.city_day(now).year)  # what every row asks for is there before the first of them waits to be
        rates.table()  # stored: a read between two rows would store the one before

    def lead_of(self, name: str) -> tuple[Company, Lead | None] | None:
        """The company of exactly this name and a lead of it; None when there is no such company."""
        found = self._companies.called(name)
        return (found[0], self._first.get(found[0])) if found else None

    def lacks_event(self, new: NewLead) -> bool:
        """Whether the event that it is said to have come from is withdrawn by now: the lead is stored without one."""
        return new.event_id is not None and new.event_id not in self._events

    def log(self, new: NewLead, choice: HitDecision | None, *, owner_id: int | None) -> Lead:
        """A new lead; `choice`: which company its investor is, SAME or ANOTHER_PROJECT. It has its id once `write` was called.

        Raises ReasonNeeded for a choice without its reason.
        """
        if choice is not None and choice.decision in NEEDS_REASON and not choice.reason.strip():
            raise ReasonNeeded(company=choice.company_public_id)
        place = self._place_of(new, choice)
        unit, city, actor, now = self._unit, self._city, self._actor, self._now
        lead = composed(new, place, unit=unit, city=city, actor=actor, now=now, owner_id=owner_id)
        lead.search_text = search_text_for(lead, new.other_names, gone=())
        db.session.add(lead)
        note_logged(lead, new, unit, actor, now)
        if place.company is not None:
            self._slots[place.company] = place.slot
            self._first.setdefault(place.company, lead)
        self._waiting.append(_Logged(lead, new, choice))
        return lead

    def _place_of(self, new: NewLead, choice: HitDecision | None) -> Place:
        typed, there = typed_company(new), self._companies
        if choice is not None:
            company = there.company(choice.company_public_id)
        elif found := there.called(new.investor or ""):
            company = found[0]
        else:
            return Place(there.create(typed))
        there.learn(company, typed)
        slot = self._next_slot(company)
        return Place(company, slot, choice.reason if slot and choice is not None else None)

    def _next_slot(self, company: Company) -> int:
        if company not in self._slots:  # it was merged into another one, or came late
            slots, first = _leads_there([company.id])
            self._slots[company] = slots.get(company, -1)
            self._first |= {one: lead for one, lead in first.items() if one not in self._first}
        return self._slots[company] + 1

    def write(self) -> None:
        """Store what was logged since the last time, with all that hangs on it."""
        waiting, self._waiting = self._waiting, []
        self._companies.write()
        for one in waiting:
            for fact in ("share_text", "seal_text"):  # nobody can have shared or sealed it
                attributes.set_committed_value(one.lead, fact, None)
            tags = [id_ for id_ in one.new.cluster_ids[:3] if id_ in self._tags]
            attach(one.lead, one.new, tags, self._actor, self._now)
        came = ((one.lead, self._events.get(one.new.event_id or 0)) for one in waiting)
        events.put_new(((lead, event) for lead, event in came if event is not None), actor=self._actor, now=self._now)
        matching.index_many(LEAD, ((one.lead.id, Subject(()), one.lead.search_text) for one in waiting))
        for one in waiting:
            if self._may_matter(one):
                decisions = Decisions((one.choice,) if one.choice is not None else ())
                raise_matters(one.lead, (), decisions, actor=self._actor, now=self._now)

    def _may_matter(self, one: _Logged) -> bool:
        """Whether the coordinators may have to be told: not of a firm that is new, nor of one without another project or a group
        on record.
        """
        another = one.choice is not None and one.choice.decision is Decision.ANOTHER_PROJECT
        company = one.lead.investor
        fresh = company is None or company.created_at == self._now
        return another or not (fresh or one.lead.investor_id in self._alone)


def _leads_there(company_ids: Sequence[int]) -> tuple[dict[Company, int], dict[Company, Lead]]:
    """Of these companies: the last project slot that was given (-1: none), and the first lead that was not merged away."""
    named = {company_id: db.session.get_one(Company, company_id) for company_id in company_ids}
    slots = dict.fromkeys(named.values(), -1)
    here = one_of(Lead.investor_id, company_ids)
    last = select(Lead.investor_id, func.max(Lead.project_slot)).where(here).group_by(Lead.investor_id)
    slots |= {named[row[0] or 0]: row[1] for row in db.session.execute(last)} if named else {}
    first: dict[Company, Lead] = {}
    query = select(Lead).where(here, Lead.merged_into_id.is_(None)).order_by(Lead.investor_id, Lead.project_slot)
    for lead in db.session.scalars(query) if named else ():
        first.setdefault(named[lead.investor_id or 0], lead)
    return slots, first

"""Does the city have it already? Companies like the one typed, with their leads, cut to what the reader may see."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from crm.companies import queries as companies
from crm.companies.models import Company
from crm.companies.rules import ON_RECORD
from crm.core.db import among, db, is_sqlite
from crm.core.identifiers import fold_registration, mail_domain, normalise_phone, normalise_uscc, registrable_domain
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact, NewLead, Status
from crm.matching.rules import Judgement, Late, Subject, Verdict, mark_ranges
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class LeadHit:
    """A company that may be the typed one, and one lead of it (None: the company has no lead yet)."""

    company: Company
    lead: Lead | None
    judgement: Judgement

    @property
    def on_record(self) -> bool:
        """Whether its company is in the group on record of one that is called the same."""
        return ON_RECORD in self.judgement.reasons

    @property
    def related(self) -> bool:
        """Whether it is another firm of the group, and no duplicate."""
        return self.judgement.verdict is Verdict.RELATED

    @property
    def must_decide(self) -> bool:
        """Whether saving needs a word about it."""
        return self.judgement.verdict is Verdict.SAME

    def marks(self, typed: str, text: str) -> list[tuple[int, int]]:
        """Which characters of one of its names were typed too."""
        return mark_ranges(typed, text)


@dataclass(frozen=True, slots=True)
class Hits:
    """What the strip shows. `masked`: something that this person may not see is almost certainly the same; nothing about it
    is told, not even how many. `hidden_leads` (almost certainly the same) and `related_leads` (of firms of the same group, shown
    or not) are for the service only. `late`: time was up before everything was compared; what the unique keys say is there.
    """

    shown: tuple[LeadHit, ...] = ()
    masked: bool = False
    hidden_leads: tuple[Lead, ...] = ()
    related_leads: tuple[Lead, ...] = ()
    late: bool = False

    @property
    def alike(self) -> tuple[LeadHit, ...]:
        """What may be the typed firm itself."""
        return tuple(hit for hit in self.shown if not hit.related)

    @property
    def kin(self) -> tuple[LeadHit, ...]:
        """What is another firm of its group."""
        return tuple(hit for hit in self.shown if hit.related)

    @property
    def almost_same(self) -> int:
        """How many firms need a word before saving."""
        return len({hit.company.id for hit in self.shown if hit.must_decide})

    @property
    def similar(self) -> int:
        """How many more are worth a look."""
        return len({hit.company.id for hit in self.alike if not hit.must_decide})

    @property
    def related(self) -> int:
        """How many firms of the same group there are."""
        return len({hit.company.id for hit in self.kin})


# A name that is longer is refused by the form; comparing one of a hundred thousand signs would keep a worker busy for minutes.
_LONGEST_NAME = 200


def subject_of(new: NewLead) -> Subject:
    """What was typed, as the matching sees it."""
    names = tuple(dict.fromkeys(name[:_LONGEST_NAME] for name in (new.investor or "", *new.other_names) if name))
    return Subject(names, new.country, identifiers_of(new), phones_of(new.contacts))


def identifiers_of(new: NewLead) -> frozenset[tuple[str, str]]:
    """Credit code, registration number and web domain that were typed, normalised; what cannot be read is left out (the form
    has refused it before).
    """
    found = {
        ("uscc", normalise_uscc(new.uscc or "")),
        ("foreign_reg", fold_registration(new.registration_number or "")),
        ("domain", registrable_domain(new.website) if new.website else None),
    }
    mails = {("domain", mail_domain(contact.email)) for contact in new.contacts if contact.email} if not new.website else set()
    return frozenset((scheme, value) for scheme, value in found | mails if value)


def phones_of(contacts: tuple[NewContact, ...]) -> frozenset[str]:
    """Contact phones in E.164."""
    return frozenset(p for c in contacts if c.phone and (p := normalise_phone(c.phone)))


def hits_for(subject: Subject, *, actor: Actor, limit: int = 8, deadline: float | None = None) -> Hits:
    """Firms like `subject` with their leads, surest first; one row for each lead this person may read the names of.

    Past `deadline` only what the unique keys of names and identifiers say, marked as `late`.
    """
    try:
        return hits_for_each({0: subject}, actor=actor, limit=limit, deadline=deadline)[0]
    except Late:
        exact = companies.exact_hits(subject)
    return replace(_cut(exact, _leads_of({hit.company.id for hit in exact}), actor), late=True)


def hits_for_each(
    subjects: Mapping[int, Subject], *, actor: Actor, limit: int, deadline: float | None = None, kin: bool = False
) -> dict[int, Hits]:
    """The same for many subjects, by the caller's key, with two reads for all of them together. `kin`: who asks does not want
    those that are only alike. Raises Late past `deadline`.
    """
    asked = {key: subject for key, subject in subjects.items() if subject.names or subject.identifiers}
    found = companies.with_aliases(companies.hits_for_each(asked, limit=limit, deadline=deadline, kin=kin), asked)
    leads = _leads_of({hit.company.id for hits in found.values() for hit in hits})
    return {key: _cut(found.get(key, []), leads, actor) for key in subjects}


def kin_of(company: Company) -> list[Lead]:
    """The live leads of all firms that are related to a company, by their names or on record."""
    found = companies.hits_for_each({0: companies.subject_of(company)}, own={0: company.id})[0]
    related = [hit.company.id for hit in found if hit.judgement.verdict is Verdict.RELATED]
    return _live(lead for leads in _leads_of(set(related)).values() for lead in leads)


def _cut(found: list[companies.Hit], leads: dict[int, list[Lead]], actor: Actor) -> Hits:
    shown: list[LeadHit] = []
    hidden: list[Lead] = []
    related: list[Lead] = []
    readable = {
        company_id: [lead for lead in mine if policy.can(policy.towards_lead(actor, lead), "lead", "read_names")]
        for company_id, mine in leads.items()
    }
    for hit in found:
        mine = leads.get(hit.company.id, [])
        seen = readable.get(hit.company.id, [])
        if hit.judgement.verdict is Verdict.SAME:
            hidden += [lead for lead in mine if lead not in seen]
        elif hit.judgement.verdict is Verdict.RELATED:
            related += mine
        # Whose group it is must not be told to somebody who may not know of that firm.
        known = not hit.via or any(anchor not in leads or readable[anchor] for anchor in hit.via)
        judgement = hit.judgement if known else hit.plain
        if judgement is None or (mine and not seen):
            continue
        rows: list[Lead | None] = [*seen] or [None]
        shown += [LeadHit(hit.company, lead, judgement) for lead in rows]
    return Hits(tuple(shown), bool(hidden), tuple(hidden), tuple(_live(related)))


def _live(leads: Iterable[Lead]) -> list[Lead]:
    return [lead for lead in leads if lead.status != Status.ENDED]


@cache
def _leads_query(*, sqlite: bool) -> Select[Lead]:
    """The leads of some companies with what a hit tells of them. Put together once: every check asks it."""
    query = select(Lead).where(among(Lead.investor_id, "ids", sqlite=sqlite), Lead.merged_into_id.is_(None))
    return query.options(joinedload(Lead.following_unit, innerjoin=True)).order_by(Lead.registered_at, Lead.id)


def _leads_of(company_ids: set[int]) -> dict[int, list[Lead]]:
    leads: dict[int, list[Lead]] = defaultdict(list)
    for lead in db.session.scalars(_leads_query(sqlite=is_sqlite()), {"ids": list(company_ids)}) if company_ids else ():
        leads[lead.investor_id or 0].append(lead)
    return leads

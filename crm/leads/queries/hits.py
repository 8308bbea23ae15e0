"""Does the city have it already? Companies like the one typed, with their leads, cut to what the reader may see."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from crm.companies import queries as companies
from crm.companies.models import Company
from crm.core.db import db
from crm.core.identifiers import fold_registration, mail_domain, normalise_phone, normalise_uscc, registrable_domain
from crm.leads.models import Lead
from crm.leads.rules.lead import NewContact, NewLead
from crm.matching.rules import Judgement, Subject, Verdict, mark_ranges
from crm.policy import rules as policy
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class LeadHit:
    """A company that may be the typed one, and one lead of it (None: the company has no lead yet)."""

    company: Company
    lead: Lead | None
    judgement: Judgement

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
    is told, not even how many. `hidden_leads` is for the service only.
    """

    shown: tuple[LeadHit, ...] = ()
    masked: bool = False
    hidden_leads: tuple[Lead, ...] = ()

    @property
    def almost_same(self) -> int:
        """How many firms need a word before saving."""
        return len({hit.company.id for hit in self.shown if hit.must_decide})

    @property
    def similar(self) -> int:
        """How many more are worth a look."""
        return len({hit.company.id for hit in self.shown if not hit.must_decide})


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


def hits_for(subject: Subject, *, actor: Actor, limit: int = 8) -> Hits:
    """Firms like `subject` with their leads, surest first; one row for each lead this person may read the names of."""
    return hits_for_each({0: subject}, actor=actor, limit=limit)[0]


def hits_for_each(subjects: Mapping[int, Subject], *, actor: Actor, limit: int) -> dict[int, Hits]:
    """The same for many subjects, by the caller's key, with two reads for all of them together."""
    asked = {key: subject for key, subject in subjects.items() if subject.names or subject.identifiers}
    found = companies.with_aliases(companies.hits_for_each(asked, limit=limit), asked)
    leads = _leads_of({hit.company.id for hits in found.values() for hit in hits})
    return {key: _cut(found.get(key, []), leads, actor) for key in subjects}


def _cut(found: list[companies.Hit], leads: dict[int, list[Lead]], actor: Actor) -> Hits:
    shown: list[LeadHit] = []
    hidden: list[Lead] = []
    for hit in found:
        mine = leads.get(hit.company.id, [])
        readable = [lead for lead in mine if policy.can(policy.towards_lead(actor, lead), "lead", "read_names")]
        if hit.judgement.verdict is Verdict.SAME:
            hidden += [lead for lead in mine if lead not in readable]
        if mine and not readable:
            continue
        rows: list[Lead | None] = [*readable] or [None]
        shown += [LeadHit(hit.company, lead, hit.judgement) for lead in rows]
    return Hits(tuple(shown), bool(hidden), tuple(hidden))


def _leads_of(company_ids: set[int]) -> dict[int, list[Lead]]:
    leads: dict[int, list[Lead]] = defaultdict(list)
    if not company_ids:
        return leads
    query = (
        select(Lead)
        .where(Lead.investor_id.in_(company_ids), Lead.merged_into_id.is_(None))
        .options(joinedload(Lead.following_unit, innerjoin=True), joinedload(Lead.owner), selectinload(Lead.clusters))
        .order_by(Lead.registered_at, Lead.id)
    )
    for lead in db.session.scalars(query):
        leads[lead.investor_id or 0].append(lead)
    return leads

"""Two records side by side in words: a row a fact, what both share marked, each side cut to what the reader may see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from crm.claims import queries as claim_reads
from crm.claims.models import Claim
from crm.companies.models import Contact
from crm.companies.rules import Scheme
from crm.core import clock
from crm.core.identifiers import registrable_domain
from crm.leads.models import Lead
from crm.matching.rules import Reason, forms_of, mark_ranges
from crm.matching.rules.scripts import plain
from crm.matching.words import reason_text
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.review.models import ReviewPair
from crm.review.queries.access import Side, contacts_of
from crm.web import fmt
from crm.web.locale import html_lang
from crm.web.pages import region_label
from crm.web.words import word

_EVIDENCE = frozenset({"name", "other_names", "uscc", "foreign_reg", "lei", "website"})
LINES = 3  # leads of one company that are told one by one


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a cell: its text, its language, what the other side has too, and a short word behind it."""

    text: str
    lang: str | None = None
    marks: tuple[tuple[int, int], ...] = ()
    tag: str | None = None
    strong: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of both records."""

    field: str
    a: tuple[Line, ...]
    b: tuple[Line, ...]
    veiled: frozenset[str] = frozenset()  # the sides (A, B) of which the reader may not know it

    @property
    def equal(self) -> bool:
        """Whether both say the same."""
        return not self.veiled and [line.text for line in self.a] == [line.text for line in self.b]

    @property
    def telling(self) -> bool:
        """Whether a person needs it to decide: what differs, and what both share of names, numbers and addresses."""
        return not self.equal or (self.field in _EVIDENCE and any(line.marks for line in self.a))


@dataclass(slots=True)
class _Facts:
    """What of a side's leads the reader may know, read for both sides at once."""

    side: Side
    actor: Actor
    claims: dict[int, Claim]
    contacts: dict[int, list[Contact]]

    @property
    def leads(self) -> Sequence[Lead]:
        return () if self.side.masked else self.side.readable[:LINES]

    def may(self, lead: Lead, record: str, action: str) -> bool:
        return policy.can(policy.towards_lead(self.actor, lead), record, action)


def chips(pair: ReviewPair) -> list[tuple[str, str]]:
    """The stored reasons as (weight, sentence): for, weak, against. A code that is no longer said is left out."""
    order = {"for": 0, "weak": 1, "against": 2}
    found = []
    for code, weight, facts in sorted(pair.reasons, key=lambda reason: order.get(reason[1], 1)):
        try:
            found.append((weight, reason_text(Reason(code, weight, tuple(facts.items())))))
        except KeyError:
            continue
    return list(dict.fromkeys(found))


def rows(a: Side, b: Side, *, actor: Actor) -> list[Row]:
    """Every fact that at least one of the two has."""
    lead_ids = [lead.id for side in (a, b) for lead in side.readable]
    claims = claim_reads.live_for_all(lead_ids) if lead_ids else {}
    contacts = contacts_of(lead_ids)
    one, two = (_Facts(side, actor, claims, contacts) for side in (a, b))
    found = [*_company_rows(one, two), *_lead_rows(one, two)]
    return [row for row in found if row.a or row.b]


def _company_rows(a: _Facts, b: _Facts) -> list[Row]:
    found = [Row("name", _name(a, b), _name(b, a)), Row("other_names", _others(a, b), _others(b, a))]
    for scheme in (Scheme.USCC, Scheme.FOREIGN_REG, Scheme.LEI):
        found.append(Row(scheme.value, _identifiers(a, b, scheme), _identifiers(b, a, scheme)))
    found.append(Row("website", _website(a, b), _website(b, a)))
    found.append(Row("country", _country(a), _country(b)))
    found.append(Row("industry", _plain(a, "industry_text"), _plain(b, "industry_text")))
    found.append(Row("target", _target(a), _target(b)))
    return found


def _known_as(facts: _Facts) -> list[str]:
    company = facts.side.company
    names = [name.text for name in company.names if name.retired_at is None]
    return list(dict.fromkeys([company.name, *names]))


def _marks(text: str, others: list[str], least: int = 2) -> tuple[tuple[int, int], ...]:
    """What `text` shares with the other name that shares most with it."""
    ranges = [[(start, end) for start, end in mark_ranges(other, text) if end - start >= least] for other in others]
    return tuple(max(ranges, key=lambda found: sum(end - start for start, end in found), default=[]))


def _name_marks(text: str, others: list[str]) -> tuple[tuple[int, int], ...]:
    """The same for a name; a legal form that both have is no likeness."""
    core = forms_of(text).core
    found = []
    for start, end in _marks(text, others):
        run = "".join(c for c in plain(text[start:end]) if c.isalnum())
        size = min(4, len(run)) if run.isascii() else 2
        if any(run[at : at + size] in core for at in range(len(run) - size + 1)):
            found.append((start, end))
    return tuple(found)


def _name(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    if mine.side.masked:
        return ()
    company, others = mine.side.company, [] if yours.side.masked else _known_as(yours)
    lang = next((name.lang for name in company.names if name.text == company.name), None)
    return (Line(company.name, lang, _name_marks(company.name, others), strong=True),)


def _others(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    if mine.side.masked:
        return ()
    company, others = mine.side.company, [] if yours.side.masked else _known_as(yours)
    names = [name for name in company.names if name.retired_at is None and name.text != company.name]
    return tuple(Line(name.text, name.lang, _name_marks(name.text, others)) for name in names[:6])


def _identifiers(mine: _Facts, yours: _Facts, scheme: Scheme) -> tuple[Line, ...]:
    if mine.side.masked:
        return ()
    theirs = set() if yours.side.masked else {i.value for i in yours.side.company.identifiers if i.scheme == scheme}
    values = sorted(i.value for i in mine.side.company.identifiers if i.scheme == scheme)
    return tuple(Line(value, marks=((0, len(value)),) if value in theirs else ()) for value in values)


def _sites(facts: _Facts) -> list[str]:
    if facts.side.masked:
        return []
    company = facts.side.company
    domains = [i.value for i in company.identifiers if i.scheme == Scheme.DOMAIN]
    site = (company.website or "").removeprefix("https://").removeprefix("http://").rstrip("/")
    return [site, *(d for d in domains if d not in site)] if site else domains


def _website(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    theirs = {registrable_domain(site) for site in _sites(yours)} - {None}
    found = []
    for site in _sites(mine):
        domain = registrable_domain(site) or ""
        start = site.find(domain) if domain in theirs else -1
        found.append(Line(site, marks=((start, start + len(domain)),) if start >= 0 else ()))
    return tuple(found)


def _country(facts: _Facts) -> tuple[Line, ...]:
    country = facts.side.company.country
    return (Line(region_label(country)),) if country and not facts.side.masked else ()


def _plain(facts: _Facts, name: str) -> tuple[Line, ...]:
    value = getattr(facts.side.company, name)
    return (Line(str(value)),) if value and not facts.side.masked else ()


def _target(facts: _Facts) -> tuple[Line, ...]:
    return (Line(_("在库")),) if facts.side.company.is_target and not facts.side.masked else ()


# What of a lead is not told by its name: the right that it takes.
_TAKES = {
    "claim": ("claim", "read"), "total": ("lead", "read_amounts"), "contracted": ("lead", "read_amounts"),
    "contacts": ("contact", "read_masked"), "progress": ("lead", "read_detail"),
}  # fmt: skip


def _lead_rows(a: _Facts, b: _Facts) -> list[Row]:
    """What is told of the leads; where a side says nothing because the reader may not know, that is noted."""
    return [replace(row, veiled=_veiled(row, a, b)) if row.field in _TAKES else row for row in _of_leads(a, b)]


def _veiled(row: Row, a: _Facts, b: _Facts) -> frozenset[str]:
    sides = (("A", a, row.a), ("B", b, row.b))
    right = _TAKES[row.field]
    return frozenset(
        letter for letter, facts, lines in sides if not lines and any(not facts.may(lead, *right) for lead in facts.leads)
    )


def _of_leads(a: _Facts, b: _Facts) -> list[Row]:
    return [
        Row("title", _titles(a, b), _titles(b, a)),
        Row("unit", _units(a), _units(b)),
        Row("registered", _registered(a, b), _registered(b, a)),
        Row("claim", _claimed(a), _claimed(b)),
        Row("stage", _stages(a), _stages(b)),
        Row("total", _sums(a, "total_cny", fmt.in_yi), _sums(b, "total_cny", fmt.in_yi)),
        Row("contracted", _sums(a, "contracted_usd", fmt.in_wan), _sums(b, "contracted_usd", fmt.in_wan)),
        Row("contacts", _people(a, b), _people(b, a)),
        Row("progress", _progress(a), _progress(b)),
    ]


def _titles(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    others = [lead.title for lead in yours.leads]
    found = []
    for lead in mine.leads:
        link = lead.public_id if mine.may(lead, "lead", "read_detail") else None
        found.append(Line(lead.title, marks=_marks(lead.title, others, 3), link=link))
    return tuple(found)


def _units(facts: _Facts) -> tuple[Line, ...]:
    return tuple(Line(name) for name in dict.fromkeys(lead.following_unit.name(html_lang()) for lead in facts.leads))


def _registered(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    first = min((lead.registered_at for facts in (mine, yours) for lead in facts.leads), default=None)
    both = bool(mine.leads and yours.leads)
    found = []
    for lead in mine.leads:
        earlier = both and lead.registered_at == first
        at = f"{lead.registered_at.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M}"
        found.append(Line(at, tag=_("较早") if earlier else None, strong=earlier))
    return tuple(found)


def _claimed(facts: _Facts) -> tuple[Line, ...]:
    said = []
    for lead in facts.leads:
        if facts.may(lead, "claim", "read"):
            claim = facts.claims.get(lead.id)
            said.append(
                Line(_("%(number)s，佐证 %(n)s 份", number=claim.number, n=claim.evidence_count) if claim else _("未成立"))
            )
    return tuple(said)


def _stages(facts: _Facts) -> tuple[Line, ...]:
    return tuple(Line(word("stage", lead.stage)) for lead in facts.leads)


def _sums(facts: _Facts, name: str, said: object) -> tuple[Line, ...]:
    lines = []
    for lead in facts.leads:
        value = getattr(lead, name)
        if value is not None and facts.may(lead, "lead", "read_amounts") and callable(said):
            lines.append(Line(said(value)))
    return tuple(lines)


def _people(mine: _Facts, yours: _Facts) -> tuple[Line, ...]:
    theirs = {c.phone_key for lead in yours.leads for c in yours.contacts[lead.id] if c.phone_key}
    found = []
    for lead in mine.leads:
        for contact in mine.contacts[lead.id] if mine.may(lead, "contact", "read_masked") else ():
            phone = fmt.masked_phone(contact.phone) if contact.phone else ""
            shared = contact.phone_key in theirs and bool(contact.phone_key)
            tag = _("尾号相同") if shared else None
            found.append(Line(f"{fmt.masked_name(contact.name)}　{phone}".strip("　"), tag=tag))
    return tuple(found[:LINES])


def _progress(facts: _Facts) -> tuple[Line, ...]:
    seen = [lead for lead in facts.leads if facts.may(lead, "lead", "read_detail") and lead.last_progress_on]
    return tuple(Line(fmt.day(lead.last_progress_on)) for lead in seen)

"""The comparison field by field, and the effect of a merge before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from crm.claims.models import Claim
from crm.core.db import db
from crm.leads.models import Lead
from crm.leads.queries.evidenced import earliest_first
from crm.merging.queries.groups import Group, Record, only_known, table_of
from crm.merging.rules import FIELDS, Candidate, Choice, differing, relations_of, suggest
from crm.policy import rules as policy
from crm.policy.rules import Actor, in_one_line


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the comparison: each record's value, whose is taken, and what is suggested and why."""

    field: str
    candidates: tuple[Candidate, ...]
    suggested: Choice
    chosen: str
    differs: bool


def comparison(found: Group, choices: dict[str, str]) -> list[Row]:
    """All fields that hold anything, with what was chosen or else is suggested."""
    return compared(found.kind, found.members, choices)


def compared(kind: str, members: Sequence[Record], choices: dict[str, str]) -> list[Row]:
    """The same for records that somebody may see, the one that stays first."""
    rows = []
    for name, columns in FIELDS[kind].items():
        candidates = tuple(
            Candidate(record.public_id, tuple(getattr(record, column) for column in columns)) for record in members
        )
        if not any(candidate.filled for candidate in candidates):
            continue
        suggested = suggest(name, candidates)
        rows.append(Row(name, candidates, suggested, choices.get(name, suggested.public_id), differing(name, candidates)))
    return rows


@dataclass(slots=True)
class Preview:
    """What a merge would do: how much moves from each relation, which first reports and leads stay as they are (those that the
    reader may know of), whose leads are concerned, who loses or gains sight of a lead, who learns the names of a company.
    """

    moves: dict[str, int] = field(default_factory=dict)
    claims: list[tuple[Claim, bool]] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    loses_sight: list[int] = field(default_factory=list)
    gains_sight: list[int] = field(default_factory=list)
    learns: list[int] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    across: bool = False


def preview(found: Group, actor: Actor) -> Preview:
    """The effect, counted, as `actor` may see it; nothing is written."""
    ids = [record.id for record in found.losers]
    moves: dict[str, int] = {}
    relations = relations_of(found.kind, "moves", "unless_like", "own")
    counted = [
        select(func.count()).where(table_of(one.table).c[one.column].in_(ids)).scalar_subquery() for one in relations
    ]  # fmt: skip
    for relation, number in zip(relations, db.session.execute(select(*counted)).one() if counted else (), strict=True):
        if number:
            moves[relation.table] = moves.get(relation.table, 0) + number
    if found.kind == "company":
        gone = [lead for lead in found.leads if lead.investor_id in ids]
        moves = only_known(moves, gone, actor)
    stays = found.keep.following_unit_id if found.kind == "lead" else None
    others = sorted({lead.following_unit_id for lead in found.losers if not _in_one_line(lead, found.keep)}) if stays else []
    return Preview(
        moves, _claims(found, actor), found.units, others, [stays] if stays is not None and others else [], _learns(found),
        _readable(found, actor, "lead", "read_names") if found.kind == "company" else [], found.across,
    )  # fmt: skip


def _learns(found: Group) -> list[int]:
    """The units that follow leads of some of the companies only: they get to know the names and numbers of the others."""
    if found.kind != "company":
        return []
    follow = {company.id: {x.following_unit_id for x in found.leads if x.investor_id == company.id} for company in found.members}
    return [unit_id for unit_id in found.units if not all(unit_id in mine for mine in follow.values())]


def _in_one_line(lead: Lead, keep: Lead) -> bool:
    """Whether the units of two leads stand above one another, or are one: they read each other's leads."""
    return in_one_line(lead.following_unit_path, keep.following_unit_path)


def _claims(found: Group, actor: Actor) -> list[tuple[Claim, bool]]:
    """The live first reports concerned that this person reads, and which stay: of companies all, of leads the earliest."""
    query = select(Claim).where(Claim.lead_id.in_([lead.id for lead in found.leads]), Claim.state == "live")
    live = earliest_first(db.session.scalars(query))
    read = {lead.id for lead in _readable(found, actor, "claim", "read")}
    return [(claim, found.kind != "lead" or place == 0) for place, claim in enumerate(live) if claim.lead_id in read]


def _readable(found: Group, actor: Actor, record: str, action: str) -> list[Lead]:
    return [lead for lead in found.leads if policy.can(policy.towards_lead(actor, lead), record, action)]

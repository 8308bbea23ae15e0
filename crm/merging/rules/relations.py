"""What becomes of everything that points to a company, a lead or a contact when it is merged into another.

tests/house/test_merging.py compares this list with every foreign key of the database: whoever adds a relation says here what a
merge does with it.
"""

from dataclasses import dataclass
from typing import Literal

# moves: points to the one that stays. unless_like: moves unless the one that stays has its like (`like` says in which columns);
# the double stays with what was merged away. own: the merge knows it by name. stays: it is about the old row itself.
Fate = Literal["moves", "unless_like", "own", "stays"]


@dataclass(frozen=True, slots=True)
class Relation:
    """A column that points to a company, a lead or a contact, and what a merge does with it."""

    table: str
    column: str
    fate: Fate
    like: tuple[str, ...] = ()
    why: str = ""

    @property
    def name(self) -> str:
        """As it is called in words and previews."""
        return f"{self.table}.{self.column}"


RELATIONS: dict[str, tuple[Relation, ...]] = {
    "company": (
        Relation("company", "parent_id", "own", why="a daughter gets the new mother, the one that stays never itself"),
        Relation("company_name", "company_id", "unless_like", ("text",)),
        Relation("company_identifier", "company_id", "moves"),
        Relation("company_note", "company_id", "moves"),
        Relation("contact", "company_id", "moves"),
        Relation("import_row", "company_id", "moves"),
        Relation("lead", "investor_id", "own", why="each project needs a slot of its own"),
        Relation("parent_change", "company_id", "stays", why="what somebody put on record about the two, as it was"),
        Relation("parent_change", "parent_id", "stays", why="what somebody put on record about the two, as it was"),
        Relation("pair_decision", "a_id", "own", why="ordered pairs, no pair with oneself, no pair twice"),
        Relation("pair_decision", "b_id", "own", why="ordered pairs, no pair with oneself, no pair twice"),
        Relation("review_decision", "a_id", "stays", why="what somebody said about the two, as it was"),
        Relation("review_decision", "b_id", "stays", why="what somebody said about the two, as it was"),
        Relation("review_pair", "a_id", "stays", why="the queue leaves out what is merged; the sweep compares anew"),
        Relation("review_pair", "b_id", "stays", why="the queue leaves out what is merged; the sweep compares anew"),
        Relation("utilised", "company_id", "moves"),
    ),
    "lead": (
        Relation("claim", "lead_id", "own", why="one live first report: the earliest"),
        Relation("bulk_item", "lead_id", "stays", why="what was chosen and done then, as it was"),
        Relation("claim_event", "lead_id", "moves"),
        Relation("contact", "lead_id", "moves"),
        Relation("coordination_matter", "lead_id", "own", why="a matter between the two is none any more"),
        Relation("coordination_matter", "other_lead_id", "own", why="a matter between the two is none any more"),
        Relation(
            "credit_line",
            "lead_id",
            "stays",
            why="what was credited for the old lead; the one that stays has its own attribution",
        ),
        Relation("dispute", "lead_id", "stays", why="it was about the old lead; while it is open that one is not merged away"),
        Relation("dispute", "other_lead_id", "stays", why="it was about the old lead; while it is open that one stays"),
        Relation(
            "edition_row",
            "lead_id",
            "stays",
            why="what a frozen edition said; the next one says that it was merged",
        ),
        Relation("go_live_side", "lead_id", "moves"),
        Relation("import_row", "lead_id", "moves"),
        Relation("assessment", "lead_id", "moves"),
        Relation("event_link", "lead_id", "own", why="one event to have come from, one to have been signed at"),
        Relation("field_change", "lead_id", "moves"),
        Relation("interaction", "lead_id", "moves"),
        Relation("probe", "lead_id", "stays", why="which lead somebody's question hit, as it was"),
        Relation("reading", "lead_id", "stays", why="which lead somebody read, as it was"),
        Relation("matter", "lead_id", "moves"),
        Relation("instruction", "lead_id", "moves"),
        Relation("lead_sponsor", "lead_id", "moves"),
        Relation("open_offer", "lead_id", "stays", why="the card was of the old lead: it is on no list any more"),
        Relation("transfer", "lead_id", "stays", why="the old lead was offered: a merged one changes hands no more"),
        Relation("lead_seal", "lead_id", "stays", why="a lead under a code name is merged only when it has none any more"),
        Relation("lead_share", "lead_id", "stays", why="the old lead was shared: whoever is to see the other is given it"),
        Relation("share_request", "lead_id", "stays", why="it asked for the old lead"),
        Relation("lead_cluster", "lead_id", "own", why="three at most, each with a rank of its own"),
        Relation("lead_district", "lead_id", "unless_like", ("unit_id",)),
        Relation("lead_phase", "lead_id", "stays", why="with phases it is not merged away; what ended was the old one's"),
        Relation("lead_phase", "parent_id", "stays", why="with phases it is not merged away; what ended was the old one's"),
        Relation("lead_party", "lead_id", "unless_like", ("role", "name")),
        Relation("next_step", "lead_id", "moves"),
        Relation("receipt", "lead_id", "moves"),
        Relation("return_line", "lead_id", "stays", why="what a weekly return said of the old lead, read as the one that stays"),
        Relation("score_source", "lead_id", "stays", why="what a score counted then; the next run counts the one that stays"),
        Relation("second_report", "lead_id", "moves"),
        Relation("stage_change", "lead_id", "moves"),
        Relation("milestone", "lead_id", "moves"),
        Relation("expected_date", "lead_id", "unless_like", ("kind",), why="one history of a milestone's expected days"),
        Relation("gate_override", "lead_id", "stays", why="the old lead was let through; the one that stays has its own gates"),
        Relation("status_change", "lead_id", "moves"),
        Relation("stored_file", "lead_id", "moves"),
    ),
    "contact": (),
}
# Columns that name a record without a foreign key, and why a merge leaves them alone.
WITHOUT_KEY = {
    "name_token.subject_id": "the index is written anew in the same transaction",
    "index_entry.subject_id": "the index is written anew in the same transaction",
    "audit_line.subject_id": "what was done to the old row was done to the old row",
    "notification.subject_public_id": "the old address leads to the one that stays",
    "company.merged_into_id": "the mark itself: chains are followed",
    "lead.merged_into_id": "the mark itself: chains are followed",
    "contact.merged_into_id": "the mark itself: chains are followed",
}


def relations_of(kind: str, *fates: Fate) -> tuple[Relation, ...]:
    """The relations to a kind of record with one of these fates."""
    return tuple(relation for relation in RELATIONS[kind] if relation.fate in fates)

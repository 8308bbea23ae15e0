"""What a merge of the two would keep, field by field: both values, and which one is suggested when A stays, and when B does."""

from dataclasses import dataclass

from crm.companies.models import Company
from crm.merging import queries as merging
from crm.merging.words import shown
from crm.web.words import word


@dataclass(frozen=True, slots=True)
class Option:
    """One side's value; `why` says by the letter of the record that stays why it is suggested then, if it is."""

    letter: str
    public_id: str
    text: str
    why: dict[str, str]


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field in which the two differ."""

    field: str
    options: tuple[Option, Option]

    def suggested(self, keeper: str) -> Option:
        """The option that is taken unless a person says otherwise, when `keeper` (A or B) stays."""
        return next(option for option in self.options if keeper in option.why)


def choices(a: Company, b: Company) -> list[FieldChoice]:
    """Every field in which they differ."""
    if_a, if_b = (merging.compared("company", pair, {}) for pair in ((a, b), (b, a)))
    return [_choice(first, second) for first, second in zip(if_a, if_b, strict=True) if first.differs]


def _choice(if_a: merging.Row, if_b: merging.Row) -> FieldChoice:
    one, two = (
        Option(letter, candidate.public_id, shown(if_a.field, candidate.values), _why(candidate.public_id, if_a, if_b))
        for letter, candidate in zip("AB", if_a.candidates, strict=True)
    )
    return FieldChoice(if_a.field, (one, two))


def _why(public_id: str, if_a: merging.Row, if_b: merging.Row) -> dict[str, str]:
    return {
        letter: str(word("merge_why", row.suggested.why))
        for letter, row in (("A", if_a), ("B", if_b))
        if row.suggested.public_id == public_id
    }

"""What people may say about two companies, and how a company's key and names are chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from crm.core.errors import Refusal
from crm.matching.rules import Certainty, Judgement, Reason, Subject, Verdict, judge, name_key


class NameKind(StrEnum):
    """What a name is to its company."""

    OFFICIAL = "official"
    ORIGINAL = "original"
    SHORT = "short"
    FORMER = "former"
    ALIAS = "alias"


class Scheme(StrEnum):
    """Identifiers that only one company has."""

    USCC = "uscc"
    FOREIGN_REG = "foreign_reg"
    LEI = "lei"
    DOMAIN = "domain"


class IdentifierTaken(Refusal):
    """The number or domain belongs to another company."""

    code = "identifier_taken"


class GroupLoop(Refusal):
    """The parent stands below the company in their group, or is the company itself."""

    code = "group_loop"


class GroupTooDeep(Refusal):
    """The group would have more storeys than `most`."""

    code = "group_too_deep"


class ParentSame(Refusal):
    """The company has this parent already (or none, where one was to be taken off)."""

    code = "parent_same"


@dataclass(frozen=True, slots=True)
class NewCompany:
    """A company as typed: its name in any language, other names, what identifies it."""

    name: str
    other_names: tuple[str, ...] = ()
    country: str | None = None
    website: str | None = None
    identifiers: frozenset[tuple[str, str]] = frozenset()
    industry_text: str | None = None
    note: str | None = None
    is_target: bool = False
    import_id: int | None = None
    is_demo: bool = False


def is_han(text: str) -> bool:
    """Whether a name is written in Chinese characters only (with brackets, digits): what a page calls a company first."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and all("\u4e00" <= c <= "\u9fff" or "\u3400" <= c <= "\u4dbf" for c in letters)


def language_of(name: str, country: str | None) -> str | None:
    """The `lang` attribute for a name, by its script and country: ko, ja, zh-Hant, zh, else None for Latin script."""
    if any("\uac00" <= c <= "\ud7a3" for c in name):
        return "ko"
    if any("\u3040" <= c <= "\u30ff" for c in name):
        return "ja"
    if any("\u4e00" <= c <= "\u9fff" for c in name):
        return {"JP": "ja", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}.get(country or "", "zh")
    return None


def display_names(names: tuple[str, ...]) -> tuple[str, str | None]:
    """(name, original name): the Chinese one first where there is one, then the first in another script."""
    chinese = next((name for name in names if is_han(name)), None)
    other = next((name for name in names if name != chinese and not is_han(name)), None)
    if chinese is None:
        return names[0], next((name for name in names[1:] if name != names[0]), None)
    return chinese, other


def pair(a_id: int, b_id: int) -> tuple[int, int]:
    """Two companies in the order in which a decision about them is stored."""
    return (a_id, b_id) if a_id < b_id else (b_id, a_id)


NAMESAKES = 50


def namesake_keys(name: str) -> list[str]:
    """The keys that companies of one name have: the normalised name, then "#2", "#3" behind it."""
    key = name_key(name)[:250]
    return [key, *(f"{key}#{number}" for number in range(2, NAMESAKES + 1))]


@dataclass(frozen=True, slots=True)
class Known:
    """What a company is called, and the day (ISO) on which a person confirmed each name that was learned later."""

    name: str
    confirmed: dict[str, str] = field(default_factory=dict)


def say_alias(found: Judgement, asked: Subject, company: Subject, known: Known) -> Judgement:
    """The judgement; when the two meet by a name that a person confirmed and not by the others, its first reason says so."""
    learned = tuple(name for name in company.names if name in known.confirmed)
    rest = tuple(name for name in company.names if name not in known.confirmed)
    if not learned or found.verdict is Verdict.DIFFERENT or any(reason.code == "alias" for reason in found.reasons):
        return found
    keys = {name_key(name) for name in asked.names}
    alias = next((name for name in learned if name_key(name) in keys), None)
    if alias is None or keys & {name_key(name) for name in rest}:
        whole, without = judge(asked, company), judge(asked, replace(company, names=rest, forms=()))
        if (without.verdict, without.certainty) == (whole.verdict, whole.certainty):
            return found
        alias = max(learned, key=lambda name: judge(asked, replace(company, names=(name,), forms=())).score)
    said = Reason("alias", "for", (("a", known.name), ("b", alias), ("on", known.confirmed[alias])))
    others = tuple(reason for reason in found.reasons if reason.code not in ("same_name", "same_key"))
    return replace(found, reasons=(said, *others))


# ---- groups: who is whose parent --------------------------------------------------------------------------------

STOREYS = 8  # from the company at the top down to the lowest
ON_RECORD = Reason("group_on_record", "for")


def chain(company_id: int, parents: Mapping[int, int | None]) -> list[int]:
    """The companies above one, the nearest first. Ends where the record ends, and where it would come round again."""
    above: list[int] = []
    here = parents.get(company_id)
    while here is not None and here != company_id and here not in above:
        above.append(here)
        here = parents.get(here)
    return above


def returns(company_id: int, parents: Mapping[int, int | None]) -> bool:
    """Whether the way up from a company leads back to it."""
    line = [company_id, *chain(company_id, parents)]
    return parents.get(line[-1]) == company_id


def check_parent(company_id: int, line: Sequence[int], storeys_below: int) -> None:
    """Whether a company may get this parent: `line` is the parent and all above it, `storeys_below` what is under the company.

    Raises GroupLoop, GroupTooDeep.
    """
    if company_id in line:
        raise GroupLoop
    if len(line) + 1 + storeys_below > STOREYS:
        raise GroupTooDeep(most=STOREYS)


def parent_of_merged(members: Iterable[int], wanted: Iterable[int | None], parents: Mapping[int, int | None]) -> int | None:
    """The parent of the company that several become: the first of `wanted` that is none of them and stands below none of them."""
    inside = set(members)
    for parent_id in wanted:
        if parent_id is not None and parent_id not in inside and inside.isdisjoint(chain(parent_id, parents)):
            return parent_id
    return None


def on_record(judgement: Judgement | None) -> Judgement:
    """The judgement on two firms of one group on record: related at least; that they are the same only their names say."""
    if judgement is None:
        return Judgement(Verdict.RELATED, 0.0, Certainty.SOMEWHAT_LIKE, (ON_RECORD,))
    verdict = Verdict.SAME if judgement.verdict is Verdict.SAME else Verdict.RELATED
    return replace(judgement, verdict=verdict, reasons=(ON_RECORD, *judgement.reasons))

"""The legal form of a name: cut off its end or its front, and from which country's law it is."""

from functools import cache, lru_cache

from crm.matching.rules import wordlists
from crm.matching.rules.scripts import is_cjk, letters_of

_IN_FRONT = {
    "株式会社": "jsc", "(株)": "jsc", "有限会社": "ltd", "合同会社": "ltd", "주식회사": "jsc", "(주)": "jsc", "유한회사": "ltd",
}  # fmt: skip
_SHORTEST = 3  # Latin letters that a form in front leaves: AO Sukhoi, AB SKF
_AGAIN = ("inc", "co", "ltd", "lp")  # behind these another form may stand: Co., Ltd.; GmbH & Co. KG


def cut_legal(text: str) -> tuple[str, str]:
    """Cut the legal form off the end, or off the front (株式会社, 주식회사); what is left of a folded name, and its class."""
    for wording, kind in wordlists.legal_by_end().get(text[-1:], ()):
        cut = without_end(text, wording)
        if cut is not None and len(letters_of(cut)) >= 2:
            again, _kind = cut_legal(cut) if kind in _AGAIN and text.isascii() else (cut, kind)
            return again, kind
    for wording, kind in _IN_FRONT.items():
        if text.startswith(wording) and len(letters_of(text[len(wording) :])) >= 2:
            return text[len(wording) :].strip(), kind
    return text, ""


def without_end(text: str, wording: str) -> str | None:
    """A folded text without this wording at its end, if it stands there as words of its own."""
    if not text.endswith(wording):
        return None
    cut = text[: -len(wording)]
    if wording.isascii() and cut and not cut.endswith((" ", ")")):
        return None
    return cut.strip()


def cut_legal_in_front(text: str, *, bare: bool) -> tuple[str, str]:
    """Cut a Latin legal form off the front: OOO Yandex, PT Astra, and, where the end has none (`bare`), AB Volvo."""
    for wording, (kind, only_bare) in _in_front_latin().items():
        if text.startswith(wording) and (bare or not only_bare):
            rest = text[len(wording) :].strip()
            if len(letters_of(rest)) >= _SHORTEST and tuple(rest.split()) not in wordlists.concepts_latin():
                return rest, kind
    return text, ""


@cache
def _in_front_latin() -> dict[str, tuple[str, bool]]:
    listed = wordlists.legal_in_front()
    rows = [(f"{word} ", (kind, only_bare)) for only_bare, kinds in listed for kind, words in kinds.items() for word in words]
    return dict(sorted(rows, key=lambda row: (-len(row[0]), row[0])))


@lru_cache(maxsize=16_384)
def law_of(folded: str) -> str:
    """Whose law a Latin name's legal form speaks of: "de" for GmbH, "us" for LLC; "" where it is none, or one of many laws.

    Ltd., Corporation and S.A. are how firms of many countries call themselves in English, so they tell nothing.
    """
    if not folded or is_cjk(folded[-1]):
        return ""
    return next((law for wording, law in _laws_by_end().get(folded[-1], ()) if without_end(folded, wording)), "")


@cache
def _laws_by_end() -> dict[str, list[tuple[str, str]]]:
    """The wordings that tell a law by their last sign, longest first."""
    found: dict[str, list[tuple[str, str]]] = {}
    for wording, law in wordlists.laws():
        found.setdefault(wording[-1], []).append((wording, law))
    return found


_ROMAN = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12", "xiii": "13",
    "xiv": "14", "xv": "15",
}  # fmt: skip


def counted(text: str) -> frozenset[str]:
    """The Roman numbers that a Latin name says, in digits: Fund III is another firm than Fund II."""
    return frozenset(_ROMAN[word] for word in text.split()[1:] if word in _ROMAN) if text.isascii() else frozenset()

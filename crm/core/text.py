"""Text as it comes through a door: normalised once, before anything looks at it."""

import re
import unicodedata

_DROP = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[^\S\n]+")
# In running Chinese these are what a person writes, and what stands in papers; no name or number is told by them.
_PUNCTUATION = re.compile("([，；：！？（）]+)")
_LINES = re.compile(r"\n{3,}")


def clean(text: str, *, multiline: bool = False, prose: bool = False) -> str:
    """NFKC, without characters that do not show (default-ignorable, bidi, control), spaces collapsed, ends trimmed.

    NFKC comes first: a fullwidth tag that is escaped before it is folded becomes a live one (reliability study, M12).
    Lone surrogates, which no database takes, are dropped. With `multiline`, line breaks stay (at most two in a row); with
    `prose`, Chinese commas, colons, brackets and the like stay as they were written.
    """
    text = _SURROGATE.sub("", text)
    parts = _PUNCTUATION.split(text) if prose else [text]
    text = "".join(part if number % 2 else unicodedata.normalize("NFKC", part) for number, part in enumerate(parts))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _CONTROL.sub("", _DROP.sub("", text.replace("\t", " ")))
    if not multiline:
        text = text.replace("\n", " ")
    text = _SPACES.sub(" ", text)
    if multiline:
        text = _LINES.sub("\n\n", "\n".join(line.strip() for line in text.split("\n")))
    return text.strip()


def has_letters(text: str) -> bool:
    """Whether a letter, a sign of a script or a digit stands in it: without one it is no name."""
    return any(sign.isalnum() for sign in text)

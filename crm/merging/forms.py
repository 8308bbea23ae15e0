"""What a person may hand in about a merge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from crm.core.text import clean
from crm.merging.queries import MODELS
from crm.merging.rules import FIELDS, MOST_LOSERS, Reply
from crm.web.forms import Form, once_field, one_line

_CHOICE = "choice-"


class MergeForm(Form):
    """The reason, and the key that makes a double click one merge. What is merged and chosen is read by `asked_from`."""

    once = once_field()
    reason = TextAreaField(_l("理由"), validators=[Optional(), Length(max=400, message=_l("最多400个字"))])


class ReplyForm(Form):
    """What somebody says about a request; the buttons carry `reply`."""

    reply = HiddenField(validators=[InputRequired(), AnyOf([reply.value for reply in Reply])])
    reason = StringField(
        _l("说明"), filters=[one_line], validators=[Optional(), Length(max=400, message=_l("最多400个字"))]
    )  # fmt: skip


class UndoForm(Form):
    """Take a merge back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which records a page is about: the one that stays, those merged away, whose values were chosen. `picked`: rows ticked in a
    list, of which nobody has said yet which one stays.
    """

    kind: str
    keep: str
    lose: tuple[str, ...]
    choices: dict[str, str]
    number: str = ""
    picked: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether both sides are named."""
        return bool(self.keep and self.lose)


def asked_from(values: Any) -> Asked:
    """What an address or a form says; choices about fields that are not offered are dropped."""
    kind = values.get("kind", "company")
    kind = kind if kind in MODELS else "company"
    number = clean(values.get("number", "")[:100])[:20].upper()
    return Asked(
        kind, values.get("keep", "")[:22], _named(values, "lose"), choices_from(kind, values), number, _named(values, "pick")
    )  # fmt: skip


def _named(values: Any, name: str) -> tuple[str, ...]:
    """Public ids, each once; one more than may be merged is enough to say that there are too many."""
    return tuple(dict.fromkeys(value[:22] for value in values.getlist(name) if value))[: MOST_LOSERS + 2]


def choices_from(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """Whose value was chosen, by field; of fields that are offered only."""
    return {name: values[f"{_CHOICE}{name}"][:22] for name in FIELDS[kind] if values.get(f"{_CHOICE}{name}")}

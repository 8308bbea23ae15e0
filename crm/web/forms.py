"""The base of every form: normalises what was typed once, carries a CSRF token, may carry a once-key and a version."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from flask import abort, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, ImmutableMultiDict, MultiDict
from wtforms import Field, HiddenField, IntegerField, PasswordField, TextAreaField
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from crm.core import ids
from crm.core.text import clean
from crm.web import sessions
from crm.web.locale import LANGUAGES, html_lang

_RAW = frozenset({"csrf_token"})
_SENTENCES = frozenset({"reason", "note", "next_step"})  # written in one line, sentences all the same


class Form(FlaskForm):
    """A form of the board. Text is NFKC-normalised and cleaned before any validator looks at it; passwords are left alone."""

    read_by_program: frozenset[str] = frozenset()  # text areas whose text is no prose: what follows a colon is a value

    class Meta(FlaskForm.Meta):
        """How posted data reaches the fields."""

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """Normalise what was posted; on a GET give back what an expired session had posted here."""
            if request.is_json:
                abort(415)  # no page sends it; what Flask-WTF would make of a list or of numbers breaks the fields
            data = super().wrap_formdata(form, formdata)
            if data is None:
                return form.held()
            return normalised(data, form.raw_fields(), form.prose_fields())

        def get_translations(self, form: "Form") -> Any:
            """WTForms' own words, read once a language: Flask-WTF reads their file with every request that draws a field."""
            return _own_words(html_lang())

    def raw_fields(self) -> frozenset[str]:
        """Names of fields whose value is taken as typed."""
        return _RAW | {name for name, field in self._unbound() if field.field_class is PasswordField}

    def prose_fields(self) -> frozenset[str]:
        """Names of fields in which people write sentences, as they are posted."""
        areas = {name for name, field in self._unbound() if field.field_class is TextAreaField or name in _SENTENCES}
        return frozenset(f"{self._prefix}{name}" for name in areas - self.read_by_program)

    def _unbound(self) -> list[tuple[str, Any]]:
        return list(type(self)._unbound_fields or [])  # type: ignore[attr-defined]

    def held(self) -> MultiDict[str, str] | None:
        """What this person had posted here when their session ran out (given back once)."""
        if request.method != "GET" or not current_user.is_authenticated:
            return None
        fields = sessions.held_form(current_user.id)
        g.form_was_held = fields is not None
        return fields

    @property
    def errors(self) -> dict[str | None, Sequence[Any]]:
        """What is wrong, by field: the form's own fields before those it shares with others. That is how the pages read;
        WTForms gives them as they were defined, what is shared first.
        """
        found: dict[str | None, Sequence[Any]] = super().errors
        shared = {name for one in type(self).__mro__ if not issubclass(one, Form) for name in vars(one)}
        return dict(sorted(found.items(), key=lambda item: item[0] is None or item[0] in shared))

    def once_body(self) -> str:
        """What the form says, in one text: equal for a double click, different for another content."""
        items = [(name, str(field.data)) for name, field in self._fields.items() if name not in ("csrf_token", "once")]
        return repr(sorted(items))


@lru_cache(maxsize=2)
def _own_words(lang: str) -> Any:
    return get_translations([LANGUAGES["en" if lang == "en" else "zh"]])


def normalised(data: Any, raw: frozenset[str], prose: frozenset[str] = frozenset()) -> Any:
    """The posted values with every text cleaned, of `prose` without its punctuation; files and `raw` fields as they came."""
    values: MultiDict[str, Any] = MultiDict()
    parts = data.dicts if isinstance(data, CombinedMultiDict) else [data]
    for part in parts:
        for key, value in part.items(multi=True):
            if isinstance(value, str) and key not in raw:
                value = clean(value, multiline=True, prose=key in prose)
            values.add(key, value)
    return ImmutableMultiDict(values)


def once_field() -> HiddenField:
    """A key for this act, made when the form is drawn: sent twice, done once."""
    return HiddenField(default=ids.new_public_id, validators=[InputRequired(), Length(max=64)])


_LARGEST = 2**31 - 1


class WholeField(IntegerField):
    """A whole number that a column holds; what is none is said in the board's words."""

    none = _l("请填写整数")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take it in. What is out of all bounds is refused before a validator reckons with it."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self.none) from error
        if self.data is not None and abs(self.data) > _LARGEST:
            self.data = None
            raise ValueError(self.none)


def version_field() -> WholeField:
    """The version of the record that the form was opened on."""
    return WholeField(widget=HiddenInput(), validators=[InputRequired()])


def one_line(value: str | None) -> str | None:
    """A field filter: line breaks become spaces."""
    return clean(value, prose=True) if value else value  # what was folded at the door stays so


def text_field_limits(maximum: int, *, required: bool = False) -> list[Any]:
    """Usual validators of a text field, in the words of the board."""
    need = InputRequired(_l("请填写")) if required else Optional()
    return [need, Length(max=maximum, message=_l("最多%(max)d个字"))]


def errors_of(form: FlaskForm) -> str:
    """What a form says is wrong, in one line: for where its fields are not drawn again."""
    return "　".join(str(error) for errors in form.errors.values() for error in errors)


def words_of(field: Field) -> list[str]:
    """The field's errors as plain text."""
    return [str(error) for error in field.errors]


__all__ = [
    "Form", "TextAreaField", "WholeField", "errors_of", "one_line", "once_field", "text_field_limits", "version_field",
    "words_of",
]  # fmt: skip

"""Uploading an empty table; saying what its columns hold and for which projects."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from crm.core.workbooks.tables import Unit
from crm.fields.rules import FIELDS, Tier
from crm.fillings.rules.layout import OWN, Layout
from crm.fillings.rules.mapping import UNITS, is_sum, unit_code, unit_for
from crm.web.forms import Form, WholeField, once_field, one_line, text_field_limits
from crm.web.words import word

_GROUPS = (
    ("table", ()), ("project", (Tier.CARD, Tier.NAMES, Tier.DETAIL)), ("company", ()), ("sums", (Tier.AMOUNTS, Tier.RECEIPTS)),
    ("milestones", (Tier.MILESTONES,)), ("contacts", (Tier.CONTACTS,)),
)  # fmt: skip
_OF_COMPANY = ("investor", "investor_foreign", "credit_code", "website", "country", "controlling_country")
_NO_CHOICE = _l("请从列表中选择")
HERE, ADDRESS = "here", "address"


class UploadForm(Form):
    """The empty table, and where its heading is when nobody finds it."""

    file = FileField(_l("空表"), validators=[InputRequired(_l("请选择文件"))])
    header = WholeField(
        _l("表头在第几行"),
        validators=[Optional(), NumberRange(1, 200, _l("请填 1 至 200"))],
        description=_l("一般不用填，系统会自己找"),
    )
    asked = HiddenField(validators=[Optional(), Length(max=4000)])
    once = once_field()


class MappingForm(Form):
    """For which projects, and whether to keep the columns as a template. The columns' own fields are added for each table."""

    which = SelectField(_l("填哪些项目"), validators=[InputRequired(_l("请选择"))])
    address = StringField(_l("清单地址"), filters=[one_line], validators=text_field_limits(4000))
    admitted = BooleanField(_l("只填已入库的项目"))
    name = StringField(_l("存为模板"), filters=[one_line], validators=text_field_limits(60))
    reach = RadioField(_l("给谁用"), validators=[Optional()])
    once = once_field()

    def columns(self) -> dict[int, tuple[str, str]]:
        """Field and unit by column."""
        places = [int(name[1:]) for name in self._fields if name[:1] == "c" and name[1:].isdigit()]
        return {at: (self[f"c{at}"].data or "", self[f"u{at}"].data or "") for at in places}


def mapping_form(layout: Layout, held: dict[int, tuple[str, str]]) -> MappingForm:
    """The form for one table; `held`: what its columns hold so far."""
    fields: dict[str, Any] = {}
    offered = field_choices()
    for column in layout.columns:
        if column.merged:
            continue
        code, unit = held.get(column.at, ("", ""))
        label = column.title
        fields[f"c{column.at}"] = SelectField(  # type: ignore[call-arg]
            label, choices=offered, default=code, validators=[Optional()], invalid_choice_message=_NO_CHOICE
        )
        shown = (unit or unit_code(unit_for(layout, column.at, code))) if is_sum(code) else ""
        fields[f"u{column.at}"] = SelectField(  # type: ignore[call-arg]
            label, choices=unit_choices(column.unit), default=shown, validators=[Optional()], invalid_choice_message=_NO_CHOICE
        )
    form: MappingForm = type("TableForm", (MappingForm,), fields)()
    return form


def field_choices() -> list[SelectChoice]:
    """The fields by groups, as a choice offers them."""
    found = [SelectChoice("", _("不填这一列"), optgroup=_("不填"))]
    for group, tiers in _GROUPS:
        title, kind = word("filling_group", group), "filling_own" if group == "table" else "field_name"
        own = list(OWN) if group == "table" else _OF_COMPANY if group == "company" else None
        codes = own or [code for code, one in FIELDS.items() if one.tier in tiers and code not in _OF_COMPANY]
        found += [SelectChoice(code, word(kind, code), optgroup=title) for code in codes]
    return found


def unit_choices(said: Unit | None) -> list[tuple[str, str]]:
    """The units of sums; what the heading says first, when no choice has it."""
    units = [(code, word("filling_unit", code)) for code in UNITS]
    return [("", _("按表头") if said and not unit_code(said) else "—"), *units]

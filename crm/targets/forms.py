"""What is typed about targets: a target of a place and period, a figure with its month and source, a correction."""

from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from crm.core import clock
from crm.core.dated import FARTHEST
from crm.targets.rules import Operator, Place, indicators
from crm.targets.services import NewFigure, NewTarget
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.words import word


def _lang() -> str:
    return "en" if str(get_locale()).startswith("en") else "zh"


def _meant(indicator: str, typed: str | None) -> str:
    """What was typed in the unit that the page named, in the unit that is stored."""
    known = indicators().get(indicator)
    return known.meant(typed or "", _lang()) if known else typed or ""


def _number(label: Any) -> StringField:
    return StringField(
        label, filters=[one_line], validators=[InputRequired(_l("请填写")), Length(max=24)], render_kw={"inputmode": "decimal"}
    )


class _ValueForm(Form):
    value = _number(_l("目标值"))
    operator = SelectField(_l("要求"), default=Operator.AT_LEAST.value)
    source = StringField(
        _l("来源"), filters=[one_line], validators=text_field_limits(200, required=True), description=_l("文件名或文号、发布单位")
    )
    valid_from = DateField(_l("生效日期"), validators=[Optional()], description=_l("不填即今天"))
    note = TextAreaField(_l("备注"), validators=text_field_limits(400))
    expects = HiddenField(validators=[Optional(), Length(max=22)])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.operator.choices = [(one.value, word("operator", one)) for one in Operator]

    def validate_valid_from(self, field: Field) -> None:
        """A version is only replaced by one that is valid later: with a mistyped year it would stay for good."""
        days = (field.data - clock.today()).days if isinstance(field.data, date) else 0
        if not -10 * 366 <= days <= FARTHEST:
            raise ValidationError(str(_l("请填写近十年至今后三年以内的日期")))


class TargetForm(_ValueForm):
    """A target of a district, department or cluster in a period."""

    indicator = SelectField(_l("指标"))
    period = StringField(
        _l("期间"), filters=[one_line], validators=[InputRequired(_l("请填写")), Length(max=8)],
        description=_l("年份、季度或月份，如 2027、2027Q1、2027-03"),
    )  # fmt: skip
    place = SelectField(_l("区、市直部门或产业集群"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lang = _lang()
        self.indicator.choices = [(code, f"{one.name(lang)} ({one.unit(lang)})") for code, one in indicators().items()]

    def offer(
        self, areas: list[tuple[int, str]], departments: list[tuple[int, str]], clusters: list[tuple[int, str]]
    ) -> "TargetForm":
        """Say which districts, departments and clusters there are."""
        city = [(Place.CITY.value, str(word("target_place", Place.CITY)))]
        named = [(f"{Place.DISTRICT.value}:{id_}", name) for id_, name in areas]
        named += [(f"{Place.BUREAU.value}:{id_}", name) for id_, name in departments]
        self.place.choices = [*city, *named, *((f"{Place.CLUSTER.value}:{id_}", name) for id_, name in clusters)]
        return self

    def to_target(self) -> NewTarget:
        """What was typed, without the form."""
        place, _colon, number = (self.place.data or "city").partition(":")
        return NewTarget(
            self.indicator.data, self.period.data or "", Place(place),
            _meant(self.indicator.data, self.value.data), self.source.data or "",
            Operator(self.operator.data), int(number) if number else None, self.valid_from.data, self.note.data,
        )  # fmt: skip


class ReplaceForm(_ValueForm):
    """Another version of a target."""

    def to_target(self, old: Any) -> NewTarget:
        """What was typed, for the place and period of the one in force."""
        return NewTarget(
            old.indicator, old.period, Place(old.place), _meant(old.indicator, self.value.data), self.source.data or "",
            Operator(self.operator.data), old.unit_id or old.cluster_id, self.valid_from.data, self.note.data,
        )  # fmt: skip


class FigureForm(Form):
    """A figure, up to a month, with its source."""

    month = StringField(_l("数据截至"), validators=[InputRequired(_l("请选择月份")), Length(max=7)], render_kw={"type": "month"})
    value = _number(_l("数值"))
    source = StringField(
        _l("来源"), filters=[one_line], validators=text_field_limits(200, required=True), description=_l("统计公报、部门月报等")
    )
    once = once_field()

    def to_figure(self, indicator: str) -> NewFigure:
        """What was typed, without the form."""
        return NewFigure(self.month.data or "", _meant(indicator, self.value.data), self.source.data or "")


class CorrectForm(Form):
    """Another figure in the place of one."""

    value = _number(_l("更正为"))
    source = StringField(_l("来源"), filters=[one_line], validators=text_field_limits(200, required=True))
    reason = StringField(_l("更正原因"), filters=[one_line], validators=text_field_limits(200, required=True))
    once = once_field()

    def to_figure(self, indicator: str) -> NewFigure:
        """What was typed, without the form; the month stays."""
        return NewFigure("", _meant(indicator, self.value.data), self.source.data or "")

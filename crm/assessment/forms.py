"""What is typed about assessment: a formula, a period, an objection, an answer."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.assessment.rules.reading import LARGEST
from crm.assessment.rules.runs import Answer
from crm.web.forms import Form, once_field, one_line, text_field_limits, version_field

_PERIOD = _l("年份、季度或月份，如 2026、2026Q1、2026-03")


class SchemeForm(Form):
    """A formula file, chosen or pasted; kept as it was typed."""

    read_by_program = frozenset({"text"})

    file = FileField(_l("方案文件"), description=_l("文本文件，UTF-8；选了文件就不看下面的内容"))
    text = TextAreaField(
        _l("方案内容"), validators=[Optional(), Length(max=LARGEST)], render_kw={"rows": 24, "spellcheck": "false"}
    )
    once = once_field()

    def raw_fields(self) -> frozenset[str]:
        """The formula is taken as typed: errors name places in it."""
        return super().raw_fields() | {"text"}


class TryForm(SchemeForm):
    """The same, with the periods to try it on."""

    periods = StringField(
        _l("期间"), filters=[one_line], validators=[InputRequired(_l("请填写")), Length(max=60)],
        description=_l("可写几个，用逗号隔开，如 2024、2025、2026Q1"),
    )  # fmt: skip
    beside = SelectField(
        _l("与之比较"), validate_choice=False, validators=[Optional(), Length(max=40)],
        description=_l("已算出的得分，或另一版方案按同一期间的试算；逐单位列出差在哪里"),
    )  # fmt: skip

    def offer(self, choices: list[tuple[str, str]]) -> "TryForm":
        """Say what a trial may be compared with."""
        self.beside.choices = [("", _l("不比较")), *choices]
        return self


class ComputeForm(Form):
    """The period to score."""

    period = StringField(
        _l("期间"), filters=[one_line], validators=[InputRequired(_l("请填写")), Length(max=8)], description=_PERIOD
    )
    once = once_field()


class PublishForm(Form):
    """Which computing is published; `sure`: what is frozen with it was looked at."""

    version = version_field()
    sure = HiddenField(validators=[Optional()])


class RecomputeForm(Form):
    """Nothing but the press of a button."""

    nothing = HiddenField(validators=[Optional()])


class ObjectionForm(Form):
    """Why, and what shows it."""

    reason = TextAreaField(
        _l("异议理由"), validators=text_field_limits(1000, required=True), description=_l("写明哪一笔、应为多少、依据")
    )
    papers = MultipleFileField(_l("佐证材料"))
    once = once_field()


class AnswerForm(Form):
    """Upheld or not, with how many points, and why."""

    verdict = RadioField(_l("结论"), validators=[InputRequired(_l("请选择"))])
    points = StringField(
        _l("调整分"), filters=[one_line], validators=[Optional(), Length(max=12)],
        description=_l("成立时填写，记入下一期；扣分写负数"), render_kw={"inputmode": "decimal"},
    )  # fmt: skip
    text = TextAreaField(_l("答复"), validators=text_field_limits(1000, required=True))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict.choices = [("upheld", _l("异议成立")), ("rejected", _l("异议不成立"))]

    def validate_points(self, field: Any) -> None:
        """Points belong to an objection that is upheld; rejected, they would be lost without a word."""
        if field.data and self.verdict.data == "rejected":
            raise ValidationError(_l("异议不成立的，不填调整分"))

    def to_answer(self) -> Answer:
        """What was typed, without the form."""
        return Answer(self.verdict.data == "upheld", self.points.data or "", self.text.data or "")

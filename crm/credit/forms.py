"""What is typed about attribution: the terms of a transfer, a line by the coordinator, a correction."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, StopValidation

from crm.core import clock
from crm.credit.rules import LONGEST, Indicator, ShareModel, Terms, models
from crm.web.forms import Form, WholeField, once_field, one_line, text_field_limits
from crm.web.words import choices, word


def _percent(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


class PercentField(DecimalField):
    """A share in per cent, at most two decimals; what is none is said in the board's words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take it in."""
        try:
            super().process_formdata([value.rstrip("%") for value in valuelist])
        except ValueError as error:
            raise ValueError(_l("请填写百分比，例如 50 或 12.5")) from error
        # What is far out is refused before anything is reckoned with it: 1e999999 times 100 is more than a Decimal holds.
        fits = self.data is None or (self.data.is_finite() and -1000 <= self.data <= 1000)
        if not fits or (self.data is not None and self.data * 100 != int(self.data * 100)):
            self.data = None
            raise ValueError(_l("请填写百分比，例如 50 或 12.5"))


class YearsField(WholeField):
    """A number of years."""

    none = _l("请填写整数年限")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take it in."""
        super().process_formdata([value for value in valuelist if value.strip()])


class _AgreedShare(Optional):
    """A share that may be left out, where the model has one of its own; what is agreed has to be said."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stop, with or without a problem, when nothing was typed."""
        if form.model.data == ShareModel.AGREED and not any(str(raw).strip() for raw in field.raw_data or ()):
            raise StopValidation(_l("请填写移出单位保留的百分比"))
        super().__call__(form, field)


_SHARE = NumberRange(0, 100, _l("归属比例在 0 至 100 之间"))


class TermsForm(Form):
    """业绩归属: model, what the giving unit keeps, for how many years. Other forms build on it."""

    model = RadioField(_l("业绩归属"), default="even", validators=[InputRequired(_l("请选择"))])
    keeps = PercentField(_l("移出单位保留（%）"), validators=[_AgreedShare(), _SHARE])
    years = YearsField(
        _l("年限"), validators=[Optional(), NumberRange(1, LONGEST, _l("请填写 1 到 20 之间的整数"))],
        description=_l("不填为长期，各半 5 年"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.model.choices = [(model.value, word("credit_model", model)) for model in models()]
        usual = models()[ShareModel.INTRODUCER].giver // 100
        self.keeps.description = _("按约定比例时必填；引荐方分成不填为 %(share)s%%", share=str(usual))

    def to_terms(self) -> Terms:
        """What was typed; what was left out, as the model has it."""
        model = ShareModel(self.model.data)
        facts, typed = models()[model], _percent(self.keeps.data)
        parts = typed if facts.chosen and typed is not None else facts.giver
        return Terms(model, parts, self.years.data or facts.years)


class CreditForm(Form):
    """One line by the coordinator, for one indicator or all."""

    unit = SelectField(_l("单位"), coerce=int, validators=[InputRequired(_l("请选择"))])
    indicator = RadioField(_l("指标"), default="all", validators=[InputRequired(_l("请选择"))])
    share = PercentField(_l("归属百分比"), validators=[InputRequired(_l("请填写")), _SHARE])
    valid_from = DateField(_l("自哪一天起"), validators=[InputRequired(_l("请填写"))])
    reason = StringField(_l("依据与理由"), filters=[one_line], validators=text_field_limits(400, required=True))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator.choices = [("all", _l("全部指标")), *choices("indicator")]
        if not self.is_submitted() and self.valid_from.data is None:
            self.valid_from.data = clock.today()

    def offer(self, units: list[tuple[int, str]]) -> "CreditForm":
        """Say which units may be chosen."""
        self.unit.choices = units
        return self

    def to_indicators(self) -> list[Indicator]:
        """The chosen one, or all."""
        return list(Indicator) if self.indicator.data == "all" else [Indicator(self.indicator.data)]

    def to_parts(self) -> int:
        """The share in parts per 10,000."""
        return _percent(self.share.data) or 0


class CorrectForm(Form):
    """Another share in the place of a line's."""

    share = PercentField(_l("归属百分比"), validators=[InputRequired(_l("请填写")), _SHARE])
    reason = StringField(_l("理由"), filters=[one_line], validators=text_field_limits(400, required=True))

    def to_parts(self) -> int:
        """The share in parts per 10,000."""
        return _percent(self.share.data) or 0

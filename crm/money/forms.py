"""What is typed about money: an arrival, a correction, an official table, a rate."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Field, HiddenField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from crm.core import clock, regions
from crm.core.money import CURRENCIES, Money
from crm.leads.forms.fields import UNITS, AmountFields, text, unit_choices, unit_for, unit_of_capital
from crm.money.rules import NewReceipt, ReceiptKind
from crm.money.rules.rates import is_rate, too_late
from crm.money.services import Proof
from crm.web.forms import Form, once_field, one_line, text_field_limits
from crm.web.words import choices, word


def _lang() -> str:
    return "en" if str(get_locale()).startswith("en") else "zh"


class ReceiptForm(Form):
    """到资: a sum with unit and currency, the day, in what form, from where, and what proves it."""

    amount_number = text(_l("到资金额"), 30, required=True)
    amount_unit = SelectField(_l("金额单位"), choices=unit_choices, default=unit_of_capital)
    amount_currency = SelectField(_l("币种"), default="USD")
    received_on = DateField(_l("到资日期"), validators=[InputRequired(_l("请填写到资日期"))])
    kind = SelectField(_l("出资形式"), default=ReceiptKind.CASH.value)
    payer_country = SelectField(_l("付款方所在地"), default="", description=_l("直接汇入方，不清楚可不选"))
    proof_file = FileField(
        _l("到资凭证"), validators=[Optional()], description=_l("银行入账单、验资报告等；没有凭证的列为待补凭证，不计入到资")
    )
    proof = SelectField(_l("或用已有附件"), default="")
    note = TextAreaField(_l("备注"), validators=text_field_limits(400))
    checked = HiddenField(validators=[Optional(), Length(max=300)])
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount_currency.choices = [(code, word("currency", code)) for code in CURRENCIES]
        self.kind.choices = choices("receipt_kind")
        self.payer_country.choices = [("", _l("未选")), *regions.choices(_lang())]
        self.proof.choices = [("", _l("不选"))]

    def offer(self, files: list[tuple[str, str]]) -> "ReceiptForm":
        """Say which files of the lead may be its proof."""
        self.proof.choices = [("", _l("不选")), *files]
        return self

    def validate_amount_number(self, field: Field) -> None:
        """It must be a sum."""
        AmountFields.read(field.data, self.amount_unit.data, self.amount_currency.data)

    @staticmethod
    def values_of(row: Any) -> dict[str, Any]:
        """A line as the form's fields, in the unit people would write it in."""
        major = Money(row.amount, row.currency).major
        unit = unit_for(major)
        return {
            "amount_number": f"{(major / UNITS[unit]).normalize():f}", "amount_unit": unit, "amount_currency": row.currency,
            "received_on": row.received_on, "kind": row.kind, "payer_country": row.payer_country or "", "note": row.note,
            "proof": row.file.public_id if row.file else "",
        }  # fmt: skip

    def to_receipt(self) -> NewReceipt:
        """What was typed, without the form."""
        money = AmountFields.read(self.amount_number.data, self.amount_unit.data, self.amount_currency.data)
        assert money is not None
        assert self.received_on.data is not None
        return NewReceipt(
            money, self.received_on.data, ReceiptKind(self.kind.data), self.payer_country.data or None, self.note.data or None
        )

    @property
    def chosen_file(self) -> str:
        """The name of the file that was sent along: a browser does not choose it again for a form that comes back."""
        return str(getattr(self.proof_file.data, "filename", "") or "")

    def to_proof(self) -> Proof:
        """What proves it: the file sent along, or one of the lead's."""
        upload: Any = self.proof_file.data
        return Proof(self.chosen_file, upload.read()) if self.chosen_file else Proof(public_id=self.proof.data or "")


class CorrectReceiptForm(ReceiptForm):
    """The same in the place of a line, for a reason; or the line taken back."""

    withdrawn = BooleanField(_l("作废这一笔，不再计入"))
    reason = StringField(_l("更正理由"), filters=[one_line], validators=text_field_limits(400, required=True))


class TableForm(Form):
    """The official table."""

    file = FileField(_l("文件"), validators=[InputRequired(_l("请选择文件"))], description=_l("xlsx 或 csv，最大 20 MB"))
    month = StringField(_l("月份"), validators=[Optional(), Length(max=7)], description=_l("表里写明月份的不用填"))
    once = once_field()

    def validate_month(self, field: Field) -> None:
        """It must be a month that has begun."""
        if field.data and self.to_month() is None:
            raise ValidationError(str(_l("请按 2026-05 的样子填写月份")))

    def to_month(self) -> date | None:
        """The first day of the month typed."""
        year, _sign, month = (self.month.data or "").partition("-")
        if not (year.isascii() and month.isascii() and year.isdigit() and month.isdigit()):
            return None
        return date(int(year), int(month), 1) if 1979 <= int(year) <= 2999 and 1 <= int(month) <= 12 else None


class LinkForm(Form):
    """Whose a credit code is, by the number of a lead of that investor."""

    code = HiddenField(validators=[InputRequired(), Length(max=18)])
    number = StringField(_l("线索编号"), filters=[one_line], validators=text_field_limits(20, required=True))


class RateForm(Form):
    """A rate from a day on."""

    currency = SelectField(_l("币种"), default="USD")
    day = DateField(_l("生效日期"), validators=[InputRequired(_l("请填写日期"))])
    value = text(
        _l("1 单位外币折合人民币元"), 20, required=True, description=_l("中间价，例如 7.0215；日元、韩元也按 1 单位填写")
    )
    source = text(_l("来源"), 200, required=True, description=_l("例如：国家外汇管理局人民币汇率中间价"))
    checked = BooleanField(_l("与上一次汇率相差较大，我已核对"))
    once = once_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.choices = [(code, word("currency", code)) for code in CURRENCIES if code != "CNY"]

    def validate_day(self, field: Field) -> None:
        """Not a day for which nobody publishes a rate yet."""
        if field.data and too_late(field.data, clock.today()):
            raise ValidationError(str(_l("生效日期在一个月以后，请核对年份")))

    def validate_value(self, field: Field) -> None:
        """It must be a number that can be a rate."""
        try:
            value = Decimal((field.data or "").replace(",", ""))
        except InvalidOperation as error:
            raise ValidationError(str(_l("请填写数字，例如 7.0215"))) from error
        if not is_rate(value):
            raise ValidationError(str(_l("汇率须大于零、小于十万，最多九位小数")))

    def to_value(self) -> Decimal:
        """The rate."""
        return Decimal((self.value.data or "0").replace(",", ""))


class RateFileForm(Form):
    """A file of rates."""

    file = FileField(
        _l("汇率文件"),
        id="rate-file",
        validators=[InputRequired(_l("请选择文件"))],
        description=_l("xlsx 或 csv，列名“币种”“日期”“汇率”，可加“单位”"),
    )
    source = StringField(_l("来源"), id="file-source", filters=[one_line], validators=text_field_limits(200, required=True))
    checked = BooleanField(_l("有的与上一次相差较大，我已核对"), id="file-checked")
    once = once_field()

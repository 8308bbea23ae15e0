"""Fields that several forms about a lead share: a line of text, a sum with unit and currency, somebody to talk to."""

from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from crm.claims import queries as claims
from crm.claims.rules.evidence import HANDED_IN, EvidenceType
from crm.core import clock
from crm.core.identifiers import normalise_phone
from crm.core.money import CURRENCIES, Money
from crm.leads.rules.lead import (
    NewContact,
)
from crm.web.forms import one_line
from crm.web.locale import html_lang
from crm.web.words import word

UNITS = {"yi": 100_000_000, "million": 1_000_000, "wan": 10_000, "one": 1}


def limit(maximum: int) -> Length:
    """At most so many characters."""
    return Length(max=maximum, message=_l("最多%(max)d个字"))


def text(label: Any, maximum: int, *, required: bool = False, description: Any = "") -> StringField:
    """One line of text. No Optional() on one that may be empty: it would stop the checks that ask for it beside another field."""
    need = [InputRequired(_l("请填写"))] if required else []
    return StringField(label, filters=[one_line], validators=[*need, limit(maximum)], description=description)


def evidence_choices() -> list[tuple[str, str]]:
    """Types of evidence to choose from; what the rules in force today do not accept says so."""
    weights = claims.force_on(clock.today()).settings.weights()
    found = [("", str(_l("请选择")))]
    for one in HANDED_IN:
        label = word("evidence_type", one)
        refused = one is not EvidenceType.OTHER and not weights[one]
        found.append((one.value, str(_l("%(kind)s（现行规则不认可）", kind=label)) if refused else label))
    return found


class PickManyField(SelectMultipleField):
    """Several of a few, as chips."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AmountFields:
    """A sum as people write it: a number, its unit (亿, 万, 元) and a currency."""

    @staticmethod
    def read(number: str | None, unit: str, currency: str) -> Money | None:
        """The sum, None when empty. ValidationError in words when it is no number, negative or beyond all measure."""
        if not number:
            return None
        if unit not in UNITS or currency not in CURRENCIES:  # validators of one field run though another's choice is refused
            raise ValidationError(str(_l("请选择单位和币种")))
        try:
            value = Decimal(number.replace(",", "").replace("，", "")) * UNITS[unit]
            if not value.is_finite():
                raise InvalidOperation
        except InvalidOperation as error:
            raise ValidationError(str(_l("请填写数字，例如 3.6"))) from error
        if value < 0:
            raise ValidationError(str(_l("金额不能为负")))
        try:
            return Money.of(value, currency)
        except ValueError as error:
            raise ValidationError(str(_l("金额过大，请检查单位"))) from error


def unit_choices() -> list[tuple[str, Any]]:
    """亿, 万, 元; in English a million comes first, as sums are written there."""
    million = [("million", _l("百万"))] if html_lang() == "en" else []
    return [*million, ("yi", _l("亿")), ("wan", _l("万")), ("one", _l("元（单位）"))]


def unit_of_total() -> str:
    """The unit in which a total investment is thought of: 亿, in English a million."""
    return "million" if html_lang() == "en" else "yi"


def unit_of_capital() -> str:
    """The unit in which foreign capital is thought of: 万, in English a million."""
    return "million" if html_lang() == "en" else "wan"


def unit_for(major: Decimal) -> str:
    """The unit in which people would write a sum."""
    if html_lang() == "en" and major >= UNITS["million"]:
        return "million"
    return "yi" if major >= UNITS["yi"] else "wan" if major >= UNITS["wan"] else "one"


class SumMixin:
    """Two sums with unit and currency."""

    total_number = text(_l("总投资"), 30)
    total_unit = SelectField(_l("总投资单位"), choices=unit_choices, default=unit_of_total)
    total_currency = SelectField(_l("总投资币种"), default="CNY")
    contracted_number = text(_l("合同外资"), 30)
    contracted_unit = SelectField(_l("合同外资单位"), choices=unit_choices, default=unit_of_capital)
    contracted_currency = SelectField(_l("合同外资币种"), default="USD")

    def offer_currencies(self) -> None:
        """Fill the currency lists."""
        offered = [(code, word("currency", code)) for code in CURRENCIES]
        self.total_currency.choices = self.contracted_currency.choices = offered

    def validate_total_number(self, field: Field) -> None:
        """The total must be a sum."""
        AmountFields.read(field.data, self.total_unit.data, self.total_currency.data)

    def validate_contracted_number(self, field: Field) -> None:
        """The contracted sum must be a sum."""
        AmountFields.read(field.data, self.contracted_unit.data, self.contracted_currency.data)

    def sums(self) -> tuple[Money | None, Money | None]:
        """Total investment and contracted foreign capital."""
        return (
            AmountFields.read(self.total_number.data, self.total_unit.data, self.total_currency.data),
            AmountFields.read(self.contracted_number.data, self.contracted_unit.data, self.contracted_currency.data),
        )


class ContactFields:
    """Somebody on the investor's side."""

    contact_name = text(_l("联系人"), 80)
    contact_title = text(_l("职务"), 80)
    contact_phone = text(_l("电话"), 40)
    contact_email = text(_l("邮箱"), 200)

    def validate_contact_phone(self, field: Field) -> None:
        """A number somebody can call."""
        if field.data and normalise_phone(field.data) is None:
            raise ValidationError(str(_l("电话号码无法识别，境外号码请加国家代码，例如 +49 30 1234567")))

    def validate_contact_email(self, field: Field) -> None:
        """An address somebody can write to."""
        local, _sign, host = (field.data or "").rpartition("@")
        if field.data and (not local or "." not in host or " " in field.data):
            raise ValidationError(str(_l("邮箱无法识别")))

    def validate_contact_name(self, field: Field) -> None:
        """Phone and mail belong to somebody: without a name they would go nowhere."""
        if not field.data and (self.contact_phone.data or self.contact_email.data or self.contact_title.data):
            raise ValidationError(str(_l("已填联系方式，请写联系人姓名；不知道的可写称呼")))

    def to_contact(self) -> NewContact:
        """What was typed, without the form; the name is empty when there is nobody."""
        return NewContact(
            self.contact_name.data or "", self.contact_title.data or None, self.contact_phone.data or None,
            self.contact_email.data or None,
        )  # fmt: skip

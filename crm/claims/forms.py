"""What an administrator types: a version of the protection rules, a day that is worked or not."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp, ValidationError

from crm.claims.rules.evidence import HEAVIEST, WEIGHED
from crm.claims.rules.protection import LONGEST, MOST_EXTENSIONS, Protection, Settings
from crm.core import clock
from crm.core.dated import FARTHEST
from crm.web.forms import Form, WholeField, once_field, one_line
from crm.web.words import word

_YI, _WAN = 10_000_000_000, 1_000_000  # fen in 亿元, cents in 万美元


def _number(label: Any, low: int, high: int, description: Any = "") -> WholeField:
    limits = NumberRange(low, high, _l("请填写 %(min)s 到 %(max)s 之间的整数"))
    return WholeField(label, validators=[InputRequired(_l("请填写整数")), limits], description=description)


def _days(label: Any) -> WholeField:
    return _number(label, 1, LONGEST)


class RulesForm(Form):
    """A new version: every number, from when it is valid, where it comes from."""

    code = StringField(
        _l("版本号"), filters=[one_line], description=_l("如 2027-1"),
        validators=[
            InputRequired(_l("请填写版本号")), Length(max=20), Regexp(r"[\w.-]+\Z", message=_l("只用字母、数字、点和短横")),
        ],
    )  # fmt: skip
    valid_from = DateField(_l("生效日期"), validators=[InputRequired(_l("请填写日期，例如 2026-06-18"))])
    response_days = _days(_l("首次响应（天）"))
    assess_days = _days(_l("研判（天）"))
    feedback_days = _days(_l("反馈（天）"))
    short_in_working_days = BooleanField(_l("首次响应、研判、反馈和预告按工作日计"))
    report_days = _days(_l("进展报告间隔（天）"))
    warning_days = _days(_l("无有效进展提醒（天）"))
    release_days = _days(_l("无有效进展拟释放（天）"))
    protection_days = _days(_l("保护期（天）"))
    major_protection_days = _days(_l("重大项目保护期（天）"))
    major_yi = _number(_l("重大项目总投资门槛"), 1, 100_000, _l("单位：亿元"))
    major_wan = _number(_l("重大项目合同外资门槛"), 1, 10_000_000, _l("单位：万美元"))
    extension_days = _days(_l("每次延期（天）"))
    max_extensions = _number(_l("最多延期次数"), 0, MOST_EXTENSIONS)
    notice_days = _days(_l("释放前预告（天）"))
    evidence_needed = _number(_l("首报所需佐证（件）"), 1, 20)
    automatic_release = BooleanField(_l("预告期满自动释放"))
    verified = BooleanField(_l("已由主管机关发布（不勾选则标为建议值）"))
    weight_agreement = _number("", 0, HEAVIEST)
    weight_intent = _number("", 0, HEAVIEST)
    weight_request = _number("", 0, HEAVIEST)
    weight_minutes = _number("", 0, HEAVIEST)
    weight_visit = _number("", 0, HEAVIEST)
    weight_introduction = _number("", 0, HEAVIEST)
    weight_fact = _number("", 0, HEAVIEST)
    source = StringField(
        _l("依据"), filters=[one_line], description=_l("如文号、会议纪要"),
        validators=[InputRequired(_l("请填写依据")), Length(max=400, message=_l("最多400个字"))],
    )  # fmt: skip
    once = once_field()

    WEIGHTS = tuple(f"weight_{one}" for one in WEIGHED)
    NUMBERS = (
        "response_days", "assess_days", "feedback_days", "report_days", "warning_days", "release_days", "protection_days",
        "major_protection_days", "major_yi", "major_wan", "extension_days", "max_extensions", "notice_days", "evidence_needed",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in WEIGHED:
            self[f"weight_{one}"].label.text = word("evidence_type", one)

    @staticmethod
    def values_of(settings: Settings) -> dict[str, Any]:
        """The numbers of a version, to begin a new one with."""
        return settings.as_data() | {"major_yi": settings.major_cny // _YI, "major_wan": settings.major_usd // _WAN}

    def to_rules(self) -> Protection:
        """What was typed."""
        plain = {name: self[name].data for name in (*self.NUMBERS, *self.WEIGHTS) if name not in ("major_yi", "major_wan")}
        settings = Settings(
            **plain, major_cny=(self.major_yi.data or 0) * _YI, major_usd=(self.major_wan.data or 0) * _WAN,
            short_in_working_days=bool(self.short_in_working_days.data), automatic_release=bool(self.automatic_release.data),
        )  # fmt: skip
        return Protection(self.code.data, self.valid_from.data, settings, self.source.data, bool(self.verified.data))


class SpecialDayForm(Form):
    """A day that is worked, or not, whatever the country's calendar says."""

    day = DateField(_l("日期"), validators=[InputRequired(_l("请填写日期，例如 2026-06-18"))])
    worked = RadioField(
        _l("当天"), choices=[("no", _l("放假")), ("yes", _l("上班"))], default="no", validators=[InputRequired(_l("请选择"))]
    )
    note = StringField(
        _l("说明"), filters=[one_line], validators=[InputRequired(_l("请填写说明")), Length(max=200, message=_l("最多200个字"))]
    )

    def validate_day(self, field: Field) -> None:
        """A mistyped year changes nothing today and stays unseen for years."""
        if isinstance(field.data, date) and abs((field.data - clock.today()).days) > FARTHEST:
            raise ValidationError(str(_l("请填写前后三年以内的日期")))

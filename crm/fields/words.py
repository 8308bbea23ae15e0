"""Fields in words: their labels, tiers and kinds, and values as a table shows them."""

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core import industries, regions
from crm.web import fmt, words

words.register(
    "field_name",
    {
        "number": _l("编号"),
        "title": _l("项目名称"),
        "investor": _l("投资方"),
        "investor_foreign": _l("投资方外文名"),
        "credit_code": _l("统一社会信用代码"),
        "website": _l("投资方网址"),
        "country": _l("国家/地区"),
        "controlling_country": _l("控制方国家/地区"),
        "clusters": _l("产业集群"),
        "industry": _l("行业"),
        "stage": _l("阶段"),
        "stage_since": _l("阶段起始"),
        "stage_days": _l("本阶段天数"),
        "status": _l("状态"),
        "project_type": _l("项目类型"),
        "total": _l("总投资"),
        "contracted": _l("合同外资"),
        "total_verified": _l("总投资是否核实"),
        "unit": _l("跟进单位"),
        "first_unit": _l("首报单位"),
        "owner": _l("负责人"),
        "districts": _l("拟落户区"),
        "park": _l("园区"),
        "sponsors": _l("挂点领导"),
        "source": _l("来源"),
        "introducer": _l("引荐人"),
        "source_event": _l("来源活动"),
        "signed_event": _l("签约活动"),
        "chinese_partner": _l("中方合作方"),
        "project_company": _l("项目公司"),
        "note": _l("项目说明"),
        "next_step": _l("下一步"),
        "next_due": _l("下一步期限"),
        "progress": _l("最近进展"),
        "progress_on": _l("最近进展日期"),
        "registered_on": _l("登记日期"),
        "admitted_on": _l("入库日期"),
        "first_talks_on": _l("首谈日期"),
        "contact": _l("联系人（脱敏）"),
        "phone": _l("电话（脱敏）"),
        "signed_on": _l("签约日期"),
        "signed_reported": _l("签约合同额（申报值）"),
        "signed_confirmed": _l("签约合同额（认定值）"),
        "company_on": _l("注册落地日期"),
        "funds_on": _l("首笔到资日期"),
        "started_on": _l("开工或实施日期"),
        "operating_on": _l("投产运营日期"),
        "received": _l("累计到资（有佐证）"),
        "received_year": _l("本年到资（有佐证）"),
        "received_unproven": _l("到资（未附佐证）"),
    },
)
words.register(
    "field_tier",
    {
        "card": _l("名片"),
        "names": _l("名称"),
        "amounts": _l("金额"),
        "detail": _l("工作详情"),
        "contacts": _l("联系人"),
        "milestones": _l("节点"),
        "receipts": _l("到资"),
    },
)
words.register(
    "field_kind", {"text": _l("文字"), "choice": _l("选项"), "day": _l("日期"), "whole": _l("整数"), "money": _l("金额")}
)
_CHOICES = {"stage": "stage", "status": "status", "project_type": "project_type", "source": "source"}
_MASKS = {"contact": fmt.masked_name, "phone": fmt.masked_phone}


def said(code: str, value: Any, lang: str) -> str:
    """A value that is no number, day or sum, as a table says it; people's names and numbers masked. `lang` is the table's: who
    calls has forced that locale, whatever the page speaks.
    """
    if value is None or value == ():
        return ""
    if code in _MASKS:
        return _MASKS[code](value)
    if code in _CHOICES:
        return str(words.kinds()[_CHOICES[code]][value])
    if code in ("country", "controlling_country"):
        return regions.region_name(value, lang)
    if code == "industry":
        return industries.industry_name(value, lang)
    if code == "total_verified":
        return _("已核实") if value == "yes" else _("未核实")
    if isinstance(value, tuple):
        return "、".join(one if isinstance(one, str) else _called(one, code, lang) for one in value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else _called(value, code, lang)


def _called(label: Any, code: str, lang: str) -> str:
    """A unit or a cluster by its name."""
    return str(label.short(lang) if code == "districts" else label.name(lang))

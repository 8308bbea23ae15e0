"""Datasets in words: their names, columns, kinds, codes; the dictionary is made of these."""

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from crm.datasets.rules import DATASETS, Column
from crm.web import words
from crm.web.locale import LANGUAGES

words.register(
    "dataset",
    {
        "leads": _l("线索与项目"),
        "milestones": _l("节点"),
        "money": _l("资金明细"),
        "utilised": _l("实际使用外资"),
        "claims": _l("首报"),
        "transfers": _l("流转"),
        "attribution": _l("业绩归属"),
        "events": _l("招商活动"),
        "event_leads": _l("项目与招商活动"),
        "targets": _l("目标"),
    },
)
words.register(
    "dataset_column",
    {
        "lead_number": _l("项目编号"),
        "milestone": _l("节点"),
        "on_date": _l("发生日期"),
        "state": _l("状态"),
        "entered_at": _l("录入时间"),
        "entered_unit": _l("录入单位"),
        "reported_amount": _l("申报金额"),
        "reported_currency": _l("申报币种"),
        "confirmed_on": _l("认定日期"),
        "confirmed_amount": _l("认定金额"),
        "confirmed_currency": _l("认定币种"),
        "basis": _l("口径"),
        "money_kind": _l("款项或节点"),
        "amount": _l("金额"),
        "currency": _l("币种"),
        "usd": _l("折合美元"),
        "rate_day": _l("汇率日期"),
        "credit_code": _l("统一社会信用代码"),
        "company": _l("企业名称（统计表）"),
        "month": _l("月份"),
        "linked_company": _l("对应的投资方"),
        "claim_number": _l("首报编号"),
        "unit": _l("单位"),
        "counts_from": _l("起算时间"),
        "granted_at": _l("成立时间"),
        "is_major": _l("是否重大项目"),
        "evidence_count": _l("佐证件数"),
        "rules_version": _l("规则版本"),
        "evidence_level": _l("佐证程度"),
        "transfer_kind": _l("流转方式"),
        "from_unit": _l("移出单位"),
        "to_unit": _l("承接单位"),
        "offered_at": _l("提出时间"),
        "closed_at": _l("办结时间"),
        "handed_over_on": _l("交接日期"),
        "share_model": _l("归属方式"),
        "giver_parts": _l("移出方份额"),
        "city_move": _l("是否市内迁移"),
        "indicator": _l("指标"),
        "parts": _l("份额"),
        "valid_from": _l("起效日期"),
        "credit_source": _l("归属依据"),
        "corrected": _l("是否已被更正"),
        "event_id": _l("活动标识"),
        "event_number": _l("活动编号"),
        "event": _l("活动名称"),
        "event_kind": _l("活动类型"),
        "first_on": _l("开始日期"),
        "last_on": _l("结束日期"),
        "country": _l("国家/地区"),
        "city": _l("城市"),
        "organiser": _l("主办单位"),
        "event_role": _l("关联方式"),
        "indicator_code": _l("指标代码"),
        "indicator_name": _l("指标名称"),
        "period": _l("时期"),
        "place": _l("层级"),
        "place_name": _l("区、部门或集群"),
        "operator": _l("要求"),
        "target_value": _l("目标值"),
        "value_unit": _l("单位（数值）"),
        "present_value": _l("完成值"),
        "present_month": _l("完成值截至"),
        "done_percent": _l("完成比例"),
        "verified": _l("是否已核对"),
    },
)
words.register(
    "dataset_kind",
    {
        "text": _l("文字"),
        "choice": _l("代码"),
        "day": _l("日期"),
        "moment": _l("时间（UTC）"),
        "month": _l("月份"),
        "whole": _l("整数"),
        "decimal": _l("小数"),
        "currency": _l("币种代码"),
    },
)
words.register(
    "dataset_tier",
    {
        "card": _l("名片"),
        "names": _l("名称"),
        "amounts": _l("金额"),
        "detail": _l("工作详情"),
        "milestones": _l("节点"),
        "receipts": _l("到资"),
        "statistics": _l("统计"),
        "claim": _l("首报"),
        "transfer": _l("流转"),
        "credit": _l("业绩归属"),
        "event": _l("招商活动"),
        "lead_event": _l("项目与招商活动"),
        "target": _l("目标"),
    },
)
words.register(
    "money_basis",
    {
        "reported": _l("节点申报值"),
        "confirmed": _l("节点认定值"),
        "unverified": _l("框架协议金额（未核实）"),
        "received": _l("到资（有佐证）"),
        "received_unproven": _l("到资（未附佐证）"),
    },
)
# Which words the codes of a column are, by file and column: the table of codes is made of these.
_CODES = (
    ("leads", "stage", "stage"),
    ("leads", "status", "status"),
    ("leads", "project_type", "project_type"),
    ("leads", "source", "source"),
    ("milestones", "milestone", "milestone"),
    ("milestones", "state", "milestone_state"),
    ("money", "basis", "money_basis"),
    ("claims", "evidence_level", "evidenced"),
    ("transfers", "transfer_kind", "transfer_kind"),
    ("transfers", "state", "transfer_state"),
    ("attribution", "indicator", "indicator"),
    ("attribution", "credit_source", "credit_source"),
    ("attribution", "share_model", "credit_model"),
    ("transfers", "share_model", "credit_model"),
    ("targets", "place", "target_place"),
    ("events", "event_kind", "event_kind"),
    ("event_leads", "event_role", "event_role"),
    ("money", "money_kind", "milestone"),
    ("money", "money_kind", "receipt_kind"),
)
DICTIONARY = ("dataset", "column", "label_zh", "label_en", "type", "unit", "source", "tier")
CODES = ("dataset", "column", "code", "label_zh", "label_en")


def _in(lang: str, kind: str, code: str) -> str:
    with force_locale(LANGUAGES[lang]):
        return str(words.kinds()[kind][code])


def label(column: Column, lang: str) -> str:
    """A column's label; a sum's currency and what it comes to say so."""
    said, tail = _in(lang, *column.label), column.name.removeprefix(f"{column.field}_") if column.field else ""
    return f"{said} ({tail.upper() if tail != 'amount' and tail != 'currency' else tail})" if _is_part(column) else said


def _is_part(column: Column) -> bool:
    return bool(column.field) and column.name != column.field


def dictionary() -> list[list[Any]]:
    """What every column of every file means: one row a column, in the order of the files."""
    return [
        [name, one.name, label(one, "zh"), label(one, "en"), one.kind, one.unit, one.source, one.tier]
        for name, columns in DATASETS.items()
        for one in columns
    ]


def codes() -> list[list[Any]]:
    """What the codes in the files mean."""
    return [
        [name, column, code, _in("zh", kind, code), _in("en", kind, code)]
        for name, column, kind in _CODES
        for code in words.kinds()[kind]
    ]

"""The register of fields: for each its name, kind, unit, source, the tier that guards it, and how tables of offices call it.

One list for whatever writes facts into tables: filled tables, dataset files, their dictionary.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from crm.exchange.rules.mapping import LEAD_COLUMNS
from crm.policy import rules as policy


class Kind(StrEnum):
    """What a value is: text, a code that pages say in words, a day, a whole number, a sum with its currency."""

    TEXT = "text"
    CHOICE = "choice"
    DAY = "day"
    WHOLE = "whole"
    MONEY = "money"


class Tier(StrEnum):
    """Who reads it: what the table of rights calls (record, action)."""

    CARD = "card"
    NAMES = "names"
    AMOUNTS = "amounts"
    DETAIL = "detail"
    CONTACTS = "contacts"
    MILESTONES = "milestones"
    RECEIPTS = "receipts"


RIGHTS: dict[Tier, tuple[str, str]] = {
    Tier.CARD: ("lead", "read_card"), Tier.NAMES: ("lead", "read_names"), Tier.AMOUNTS: ("lead", "read_amounts"),
    Tier.DETAIL: ("lead", "read_detail"), Tier.CONTACTS: ("contact", "read_masked"), Tier.MILESTONES: ("milestone", "read"),
    Tier.RECEIPTS: ("receipt", "read"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `called`: what tables write over such a column, folded as the import folds headings. `unit`: of a sum, the one
    that these offices mean when a heading says none.
    """

    code: str
    kind: Kind
    tier: Tier
    source: str
    called: tuple[str, ...] = ()
    unit: tuple[int, str] | None = None


@dataclass(slots=True)
class Facts:
    """What one lead says to one reader: values by field (Money, date, int, str, a code, a tuple of names), and the fields that
    are not for them. `stands`: how the reader stands to the lead.
    """

    values: dict[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    stands: policy.Standing = field(default_factory=policy.Standing)


YI, WAN = (10**8, "CNY"), (10**4, "USD")
_T, _C, _D, _W, _M = Kind.TEXT, Kind.CHOICE, Kind.DAY, Kind.WHOLE, Kind.MONEY
_IMPORT = LEAD_COLUMNS
_FIELDS = (
    Field("number", _T, Tier.NAMES, "lead.number", ("项目编号", "编号", "线索编号", "系统编号", "number")),
    Field("title", _T, Tier.NAMES, "lead.title", (*_IMPORT["title"], "项目简称", "项目全称")),
    Field("investor", _T, Tier.NAMES, "company.name", _IMPORT["investor_zh"]),
    Field("investor_foreign", _T, Tier.NAMES, "company.original_name", _IMPORT["investor_foreign"]),
    Field("credit_code", _T, Tier.NAMES, "company_identifier.value", ("统一社会信用代码", "社会信用代码", "信用代码")),
    Field("website", _T, Tier.NAMES, "company.website", ("官网", "网址", "网站", "企业网站")),
    Field("country", _C, Tier.NAMES, "lead.country", _IMPORT["country"]),
    Field("controlling_country", _C, Tier.DETAIL, "lead.controlling_country", ("实际控制方国别地区", "控股方国别", "实控人国别")),
    Field(
        "clusters", _T, Tier.CARD, "lead_cluster.cluster_id",
        (*_IMPORT["cluster"], "20+8产业", "所属20+8产业集群", "所属产业集群"),
    ),
    Field("industry", _C, Tier.DETAIL, "lead.industry", ("国民经济行业", "国民经济行业分类", "行业代码")),
    Field("stage", _C, Tier.CARD, "lead.stage", (*_IMPORT["stage"], "批次", "三个一批")),
    Field("stage_since", _D, Tier.CARD, "lead.stage_since", ("进入本阶段日期", "本阶段起始", "阶段起始")),
    Field("stage_days", _W, Tier.CARD, "lead.stage_since", ("本阶段天数", "在本阶段天数")),
    Field("status", _C, Tier.DETAIL, "lead.status", ("推进状态", "状态")),
    Field("project_type", _C, Tier.DETAIL, "lead.project_type", ("项目类型", "项目类别", "投资类型")),
    Field("total", _M, Tier.AMOUNTS, "lead.total_amount", (*_IMPORT["total"], "投资额", "投资规模"), YI),
    Field("contracted", _M, Tier.AMOUNTS, "lead.contracted_amount", (*_IMPORT["contracted"], "拟利用外资", "协议外资"), WAN),
    Field("total_verified", _C, Tier.AMOUNTS, "lead.total_verified", ("总投资是否核实", "是否核实")),
    Field("unit", _T, Tier.NAMES, "lead.following_unit_id", ("跟进单位", "责任单位", "牵头单位", "主办单位", "所在区", "区")),
    Field("first_unit", _T, Tier.DETAIL, "lead.registered_unit_id", ("首报单位", "来源单位")),
    Field("owner", _T, Tier.NAMES, "lead.owner_id", (*_IMPORT["follower"], "项目负责人", "项目专员")),
    Field("districts", _T, Tier.NAMES, "lead_district.unit_id", ("拟落户区", "落户区", "落地区", "拟选址", "落户区域")),
    Field("park", _T, Tier.DETAIL, "lead.park", ("园区", "落户园区", "拟落户园区", "选址")),
    Field("sponsors", _T, Tier.DETAIL, "lead_sponsor.leader_id", ("挂点领导", "挂点市领导", "联系领导", "sponsoringleader")),
    Field("source", _C, Tier.DETAIL, "lead.source", ("线索来源", "项目来源", "来源")),
    Field("introducer", _T, Tier.DETAIL, "lead.introducer", ("引荐人", "介绍人", "引荐单位")),
    Field("source_event", _T, Tier.DETAIL, "event.name", ("来源活动", "招商活动", "活动名称")),
    Field("signed_event", _T, Tier.DETAIL, "event.name", ("签约活动", "集中签约活动", "签约仪式")),
    Field("chinese_partner", _T, Tier.DETAIL, "lead_party.name", ("中方合作方", "中方投资方", "中方")),
    Field("project_company", _T, Tier.DETAIL, "lead_party.name", ("项目公司", "注册公司", "落地企业", "落地公司")),
    Field("note", _T, Tier.DETAIL, "lead.note", ("项目简介", "项目内容", "建设内容", "主要内容", "备注", "说明")),
    Field("next_step", _T, Tier.DETAIL, "lead.next_step", ("下一步", "下一步计划", "下一步工作", "下步打算", "下一步工作计划")),
    Field("next_due", _D, Tier.DETAIL, "lead.next_due", ("下一步时限", "完成时限", "计划完成时间", "时限")),
    Field("progress", _T, Tier.DETAIL, "interaction.text", ("进展情况", "最新进展", "目前进展", "项目进展", "工作进展")),
    Field("progress_on", _D, Tier.DETAIL, "interaction.on_date", ("最近进展日期", "更新日期", "进展日期")),
    Field("registered_on", _D, Tier.CARD, "lead.registered_at", ("登记日期", "登记时间", "首报时间")),
    Field("admitted_on", _D, Tier.DETAIL, "lead.admitted_at", ("入库日期", "入库时间")),
    Field("first_talks_on", _D, Tier.DETAIL, "lead.first_talks_on", _IMPORT["first_talks"]),
    Field("contact", _T, Tier.CONTACTS, "contact.name", _IMPORT["contact"]),
    Field("phone", _T, Tier.CONTACTS, "contact.phone", _IMPORT["phone"]),
    Field("signed_on", _D, Tier.MILESTONES, "milestone.on_date", ("签约时间", "签约日期", "合同签订日期", "签订日期", "签约")),
    Field("signed_reported", _M, Tier.MILESTONES, "milestone.amount", ("签约金额", "合同金额", "申报合同额"), WAN),
    Field("signed_confirmed", _M, Tier.MILESTONES, "milestone.confirmed_amount", ("认定合同额", "认定金额", "核定金额"), WAN),
    Field("company_on", _D, Tier.MILESTONES, "milestone.on_date", ("注册时间", "注册日期", "注册落地时间", "成立日期")),
    Field("funds_on", _D, Tier.MILESTONES, "milestone.on_date", ("首笔到资日期", "首笔到资时间", "到资时间", "到资日期")),
    Field("started_on", _D, Tier.MILESTONES, "milestone.on_date", ("开工时间", "开工日期", "实际开工时间", "动工时间")),
    Field("operating_on", _D, Tier.MILESTONES, "milestone.on_date", ("投产时间", "投产日期", "投产运营时间", "运营时间")),
    Field(
        "received", _M, Tier.RECEIPTS, "receipt.usd",
        ("到资", "到资金额", "累计到资", "已到资", "累计到位资金", "实际到资", "实际到资额"), WAN,
    ),
    Field("received_year", _M, Tier.RECEIPTS, "receipt.usd", ("本年到资", "本年累计到资", "今年到资", "当年到资"), WAN),
    Field("received_unproven", _M, Tier.RECEIPTS, "receipt.usd", ("未附佐证到资", "待佐证到资"), WAN),
)  # fmt: skip
FIELDS: dict[str, Field] = {one.code: one for one in _FIELDS}


def hidden_from(may: dict[Tier, bool]) -> frozenset[str]:
    """The fields that a reader who may read these tiers does not read."""
    return frozenset(code for code, one in FIELDS.items() if not may[one.tier])

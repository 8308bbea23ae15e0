"""Merges in words."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.companies.models import Company
from crm.core.db import db
from crm.leads.queries.groups import name_for
from crm.merging.rules import Candidate
from crm.web import fmt, refusals, words
from crm.web.guards import current_actor
from crm.web.pages import industry_label, region_label
from crm.web.words import word

words.register("merge_kind", {"company": _l("归并企业"), "lead": _l("归并线索"), "contact": _l("归并联系人")})
words.register(
    "merge_field",
    {
        "name": _l("名称"), "original_name": _l("外文名称"), "country": _l("国家/地区"), "website": _l("网址"),
        "industry_text": _l("行业"), "parent": _l("上级公司"), "title": _l("项目一句话"),
        "controlling_country": _l("控股方国家/地区"), "source": _l("来源"), "introducer": _l("引荐人"),
        "intermediary": _l("中介机构"), "position": _l("职务"),
        "industry": _l("行业"), "total": _l("总投资"), "contracted": _l("合同外资"),
        "amount_band": _l("金额区间"), "park": _l("园区"), "external_number": _l("外部编号"), "stage": _l("阶段"),
        "assessment": _l("研判结果"), "status": _l("状态"), "project_type": _l("项目类型"),
        "first_talks_on": _l("首谈日期"), "next_step": _l("下一步"),
        "phone": _l("电话"), "email": _l("邮箱"),
    },
)  # fmt: skip
words.register(
    "merge_why",
    {
        "kept": _l("以保留的一条为准"),
        "filled": _l("保留的一条未填"),
        "verified": _l("已核实优先"),
        "further": _l("阶段更靠后"),
        "admitted": _l("已入库优先"),
        "earliest": _l("更早优先"),
    },
)
words.register(
    "merge_moves",
    {
        "company": _l("子公司"), "company_name": _l("名称"), "company_identifier": _l("代码和网址"), "contact": _l("联系人"),
        "company_note": _l("企业备注"),
        "import_row": _l("导入记录"), "lead": _l("线索与项目"), "pair_decision": _l("企业判定"), "claim": _l("首报"),
        "assessment": _l("研判结果"), "field_change": _l("变更记录"), "interaction": _l("走访洽谈"),
        "lead_cluster": _l("产业集群"), "lead_district": _l("拟落户区"), "lead_party": _l("合作各方"),
        "next_step": _l("下一步"), "second_report": _l("第二次登记"), "stage_change": _l("阶段变更"),
        "stored_file": _l("附件"), "parent_change": _l("上级公司"), "coordination_matter": _l("需协调事项"),
        "merge_line": _l("其他"), "lead_seal": _l("代号项目"), "claim_event": _l("首报记录"),
        "credit_line": _l("业绩归属"), "transfer": _l("流转"), "open_offer": _l("待承接项目"), "go_live_side": _l("上线冲突"),
        "reading": _l("查阅记录"), "probe": _l("查重留痕"),
        "dispute": _l("争议协调"), "matter": _l("需协调事项"), "instruction": _l("督办件"), "lead_sponsor": _l("挂点领导"),
        "milestone": _l("节点"), "gate_override": _l("带缺口放行"), "expected_date": _l("预计节点"),
        "lead_phase": _l("分期与增资"), "event_link": _l("招商活动"),
        "status_change": _l("暂缓与终止"), "edition_row": _l("三个一批各期"), "bulk_item": _l("批量操作"),
        "return_line": _l("周报条目"),
        "receipt": _l("到资"), "score_source": _l("考核计数"), "utilised": _l("实际使用外资"),
        "lead_share": _l("共享与协办"), "share_request": _l("共享与协办"),
        "review_pair": _l("疑似重复"), "review_decision": _l("疑似重复"),
    },
)  # fmt: skip
words.register(
    "merge_request",
    {
        "open": _l("等待答复"),
        "agreed": _l("各单位同意，已归并"),
        "declined": _l("不同意归并"),
        "withdrawn": _l("已撤回"),
        "decided": _l("已另行处理"),
    },
)
refusals.register(
    {
        "merge_nothing_to_ask": _l("这次归并由您决定，不需要征询其他单位"),
        "merge_asked_already": _l("这几条记录已有人提请归并，正在等待答复"),
        "merge_request_closed": _l("这次征询已经结束"),
        "merge_decision_reason": _l("请写明理由"),
        "already_merged": _l("其中一条已被归并，请核对后再办"),
        "already_undone": _l("这次归并已经撤销"),
        "undo_later_first": _l("此后的归并占用了原来的位置，请先撤销下面列出的归并"),
        "undo_place_taken": _l("归并后有人改动，占用了原来的位置，请先改回再撤销"),
        "coordinator_decides": _l("涉及两个以上单位或尚无单位跟进，由市统筹决定"),
        "manager_decides": _l("归并由跟进单位负责人或市统筹决定"),
        "merge_reason_needed": _l("涉及两个以上单位，请写明归并理由"),
        "merge_other_investor": _l("这些线索的投资方不同，请先归并企业"),
        "merge_other_lead": _l("只能归并同一条线索的联系人"),
        "merge_choice_unknown": _l("所选的值不在这几条记录里，请重新选择"),
        "merge_sealed": _l("其中有代号项目，请先解除代号再归并"),
        "merge_two_to_five": _l("请选择二至五条不同的记录"),
    }
)


def named(kind: str, field: str) -> str:
    """What a field is called: a person has a position where a project has a line that sums it up."""
    return word("merge_field", "position" if (kind, field) == ("contact", "title") else field)


def shown_of(kind: str, field: str, values: tuple[Any, ...]) -> str:
    """The same as `shown`, for a record of a kind: a person's name stays masked."""
    return fmt.masked_name(values[0]) if (kind, field) == ("contact", "name") and values[0] else shown(field, values)


def hidden_apart(kind: str, field: str, candidates: Sequence[Candidate], at: int) -> int:
    """The place (from 1) of the first record whose value looks the same under its mask, if it is another one; else 0."""
    if kind != "contact":
        return 0
    mine = candidates[at]
    alike = (n for n, one in enumerate(candidates[:at], start=1) if one.filled and _alike(kind, field, one, mine))
    place = next(alike, 0)
    return place if place and candidates[place - 1].values[0] != mine.values[0] else 0


def _alike(kind: str, field: str, one: Candidate, other: Candidate) -> bool:
    return shown_of(kind, field, one.values) == shown_of(kind, field, other.values)


def shown(field: str, values: tuple[Any, ...]) -> str:
    """A field's value as the compare page shows it."""
    value = values[0]
    if value in (None, ""):
        return _("未填")
    if field in ("total", "contracted"):
        verified = f"　{_('未核实')}" if field == "total" and not values[3] else ""
        return fmt.money(value, values[1]) + verified
    if field in ("stage", "source", "status", "project_type"):
        return word(field, value)
    return _other(field, values)


def _other(field: str, values: tuple[Any, ...]) -> str:
    value = values[0]
    if field in ("country", "controlling_country"):
        return region_label(value)
    if field == "parent":
        return name_for(db.session.get_one(Company, value), current_actor()) or _("名称按权限不显示")
    if field == "first_talks_on":
        return fmt.date(value)
    named = {"assessment": "outcome", "amount_band": "band"}
    if field in named:
        return word(named[field], value)
    plain = {"industry": industry_label, "phone": fmt.masked_phone, "email": fmt.masked_mail}
    return plain[field](value) if field in plain else str(value)

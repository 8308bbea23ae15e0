"""The room's refusals in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.pipeline.rules import GateFault, Missing, Need
from crm.web import refusals, words

words.register(
    "milestone",
    {
        "first_talks": _l("首次洽谈"),
        "framework": _l("意向/框架协议"),
        "contract_signed": _l("正式签约"),
        "registered": _l("注册落地"),
        "first_funds": _l("首笔到资"),
        "construction_started": _l("开工"),
        "fitout_started": _l("装修/实施启动"),
        "in_operation": _l("投产运营"),
    },
)
words.register(
    "milestone_state",
    {
        "reported": _l("已申报"),
        "reviewed": _l("区级已初审"),
        "confirmed": _l("市级已认定"),
        "returned": _l("已退回"),
        "withdrawn": _l("已撤回"),
        "replaced": _l("已被更正"),
    },
)

words.register(
    "end_cause",
    {
        "lost": _l("落户其他地区"),
        "cancelled": _l("投资方取消"),
        "unfit": _l("条件不符"),
        "silent": _l("长期失联"),
        "other": _l("其他原因"),
    },
)
words.register("expected_slip", {"kept": _l("按期"), "amber": _l("已推迟"), "red": _l("严重推迟")})
words.register("milestone_act", {"review": _l("初审"), "confirm": _l("认定"), "return": _l("退回")})
words.register("milestone_tab", {"review": _l("待初审"), "confirm": _l("待认定"), "mine": _l("我登记的"), "done": _l("已办")})
words.register(
    "gate_field",
    {
        "investor": _l("投资方"), "project_type": _l("项目类型"), "contracted": _l("合同外资"), "total": _l("总投资"),
        "cluster": _l("主产业集群"), "country": _l("国家/地区"), "industry": _l("行业"), "district": _l("拟落户区"),
        "park": _l("园区"), "owner": _l("负责人"),
    },
)  # fmt: skip

words.register("gate_principal", {"owner": _l("负责人"), "manager": _l("区负责人"), "coordinator": _l("市统筹")})
words.register("gate_sum", {"none": _l("不填金额"), "optional": _l("可填金额"), "required": _l("必填金额")})
words.register("gate_state", {"current": _l("现行"), "coming": _l("待生效"), "past": _l("已被取代"), "withdrawn": _l("已撤回")})
words.register(
    "gate_number",
    {
        "override_days": _l("带缺口放行的补齐期限（天）"), "override_days_at_most": _l("补齐期限最长（天）"),
        "review_working_days": _l("区级初审（工作日）"), "confirm_working_days": _l("市级认定（工作日）"),
        "stage_days_near": _l("阶段停留临期提示（天）"), "amber_days": _l("预计日期推迟，黄（天）"),
        "red_days": _l("预计日期推迟，红（天）"), "amber_moves": _l("预计日期推迟，黄（次）"),
        "red_moves": _l("预计日期推迟，红（次）"),
    },
)  # fmt: skip
words.register(
    "gate_area",
    {
        "needs": _l("所需材料"), "passes": _l("谁可办理"), "overrides": _l("谁可带缺口放行"), "enters": _l("进入节点"),
        "path": _l("节点顺序"), "kind": _l("节点要求"), "number": _l("期限"), "stage_days": _l("阶段停留上限（天）"),
        "evidence": _l("佐证文件类型"), "slip": _l("期限"),
    },
)  # fmt: skip
words.register(
    "gate_fault",
    {
        "json": _l("写法有误：%(what)s"), "object": _l("应为花括号 {} 的一组"), "list": _l("应为方括号 [] 的列表"),
        "text": _l("应为文字，不能为空"), "long": _l("过长，最多 %(what)s 字"), "day": _l("应为日期，如 2026-12-01"),
        "days": _l("应为 1 到 3650 的整数"), "bool": _l("应为 true 或 false"), "key": _l("不认识的名称"),
        "word": _l("不认识：%(what)s"), "one_need": _l("field 和 milestone 须有且只有一个"), "empty": _l("不能为空"),
        "twice": _l("重复"), "lacking": _l("缺少：%(what)s"), "there": _l("重复：%(what)s"),
        "no_gate": _l("缺少关口：%(what)s"), "path": _l("节点顺序里没有：%(what)s"), "less": _l("不能小于 %(what)s"),
        "large": _l("文件过长，最多 %(what)s 字"), "deep": _l("层次过多，最多 %(what)s 层"),
    },
)  # fmt: skip


def gate_fault_text(fault: GateFault) -> str:
    """What is wrong with a table's text."""
    return words.word("gate_fault", fault.code) % {"what": fault.what}


def need_text(need: Need) -> str:
    """One thing that a gate needs, in words."""
    if need.field is not None:
        return words.word("gate_field", need.field)
    or_ = _("或")
    kinds = f" {or_} ".join(words.word("milestone", kind) for kind in need.milestones)
    if need.confirmed:
        return (
            _("%(milestone)s（佐证、市级认定）", milestone=kinds)
            if need.evidence
            else _("%(milestone)s（市级认定）", milestone=kinds)
        )
    return _("%(milestone)s（佐证）", milestone=kinds) if need.evidence else kinds


def missing_text(one: Missing) -> str:
    """One missing thing in words."""
    if one.code == "field":
        return words.word("gate_field", one.what)
    or_ = _("或")
    kinds = f" {or_} ".join(words.word("milestone", kind) for kind in one.kinds)
    if one.code == "evidence":
        return _("%(milestone)s的佐证材料", milestone=kinds)
    if one.code == "confirmation":
        return _("%(milestone)s的市级认定", milestone=kinds)
    return _("节点：%(milestone)s", milestone=kinds)


def _out_of_order(facts: dict[str, Any]) -> str:
    kind, other = words.word("milestone", facts["kind"]), words.word("milestone", facts["other"])
    return _(
        "节点日期的先后不对：%(kind)s（%(on)s）与%(other)s（%(other_on)s）顺序颠倒", kind=kind, on=facts["on"], other=other,
        other_on=facts["other_on"],
    )  # fmt: skip


def _slip(facts: dict[str, Any]) -> str:
    check_up, check_down = _("请核对是否多写了零、错选了万和亿"), _("请核对是否少写了零、错选了万和亿")
    times = facts["times"]
    texts = {
        ("contracted", True): _("金额是合同外资的 %(times)s 倍", times=times),
        ("contracted", False): _("金额只有合同外资的 1/%(times)s", times=times),
        ("total", True): _("金额是总投资的 %(times)s 倍", times=times),
        ("reported", True): _("认定值是申报值的 %(times)s 倍", times=times),
        ("reported", False): _("认定值只有申报值的 1/%(times)s", times=times),
        ("nothing", True): _("金额超过 10 亿美元"),
    }
    return texts[facts["against"], facts["up"]] + _("，") + (check_up if facts["up"] else check_down)


def _not_on_path(facts: dict[str, Any]) -> str:
    return _("这类项目没有“%(kind)s”这个节点，请先核对项目类型", kind=words.word("milestone", facts["kind"]))


def _gate_closed(facts: dict[str, Any]) -> str:
    what = _("、").join(missing_text(one) for one in facts["missing"])
    return _("还缺 %(n)s 项，不能进入这个阶段：%(what)s", n=facts["number"], what=what)


def _gate_not_yours(facts: dict[str, Any]) -> str:
    return _("进入“%(stage)s”须由其他角色办理", stage=words.word("stage", facts["stage"]))


def _of_kind(code: str) -> refusals.InWords:
    def said(facts: dict[str, Any]) -> str:
        texts = {
            "past": _("“%(kind)s”的预计日期不能早于今天"),
            "far": _("“%(kind)s”的预计日期在十年以后，请检查年份"),
            "reached": _("“%(kind)s”已经登记，不再填预计日期"),
            "unfit": _("这类项目不填“%(kind)s”的预计日期"),
        }
        return texts[code] % {"kind": words.word("milestone", facts["kind"])}

    return refusals.InWords(said)


refusals.register(
    {
        "expected_past": _of_kind("past"),
        "expected_too_far": _of_kind("far"),
        "expected_reached": _of_kind("reached"),
        "expected_unfit": _of_kind("unfit"),
        "expected_reason": _l("调整或取消预计日期须写明原因"),
        "expected_same": _l("没有改动"),
        "expected_moved": _l("同事刚调整过预计日期，请核对现在的日期后再保存，您填写的内容都还在"),
        "milestone_in_future": _l("节点日期不能晚于今天"),
        "milestone_too_early": _l("节点日期过早，请检查年份"),
        "milestone_out_of_order": refusals.InWords(_out_of_order),
        "milestone_not_on_path": refusals.InWords(_not_on_path),
        "milestone_there": _l("这个节点已经登记过，有误请更正原来的一条"),
        "milestone_sum": _l("金额须大于零且合乎常理，请检查数字和单位"),
        "milestone_slip": refusals.InWords(_slip),
        "milestone_sum_needed": _l("这个节点须填写金额"),
        "milestone_proof_needed": _l("这个节点须上传佐证材料"),
        "milestone_moved": _l("这个节点已有新的处理，可能刚被初审、认定、退回或更正，请核对后再办"),
        "milestone_own": _l("自己登记的节点须由他人初审、认定"),
        "milestone_unconfirmed_kind": _l("这类节点无需认定"),
        "milestone_reason": _l("请写明理由"),
        "milestone_no_sum": _l("这个节点不填金额"),
        "milestone_proof_type": _l("%(name)s 不能作为节点佐证，可用类型：%(types)s"),
        "milestone_not_reviewed": _l("区级尚未初审，且初审时限未过"),
        "gates_unfit": _l("关口表有 %(count)s 处错误，现行的表继续使用"),
        "gates_in_force": _l("这一版已经生效，不能撤回；请另起一版代替"),
        "gates_untried": _l("内容与上次试算的不同，请先试算再投入使用"),
        "gate_closed": refusals.InWords(_gate_closed),
        "gate_not_yours": refusals.InWords(_gate_not_yours),
        "gate_override_unfit": _l("带缺口放行须写明理由，补齐期限从明天起，最长 %(days)s 天"),
        "lead_not_active": _l("项目已暂缓或终止，恢复推进后才能调整阶段"),
        "stage_final": _l("已投产运营的项目，只有市统筹可以退回"),
        "status_there": _l("项目已经是这个状态，可能刚被同事调整"),
        "status_reason": _l("请写明原因"),
        "status_lost_to": _l("请填写落户到哪里"),
        "status_wake": _l("唤醒日期须在明天以后、两年以内"),
        "same_stage": _l("项目已在这个阶段"),
        "stage_in_future": _l("阶段日期不能晚于今天"),
        "stage_before_last": _l("阶段日期不能早于上一次变更（%(last)s）"),
    }
)

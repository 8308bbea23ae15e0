"""The room's codes and refusals in words."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "missing_fact",
    {"country": _l("未填国家/地区"), "amount": _l("未填总投资"), "next": _l("没有下一步"), "proof": _l("阶段缺少凭据")},
)
words.register(
    "stage",
    {
        "lead": _l("线索"),
        "negotiating": _l("在谈"),
        "signed": _l("签约"),
        "under_construction": _l("在建(实施)"),
        "operating": _l("投产运营"),
    },
)
words.register("phase_kind", {"phase": _l("分期（一期、二期）"), "expansion": _l("增资扩产")})
words.register(
    "phase_basis",
    {
        "own": _l("只是本期新增的金额"),
        "cumulative": _l("含以前各期的累计金额"),
        "included": _l("已包含在上级项目的金额里"),
    },
)
words.register(
    "phase_ordinal",
    {"1": _l("一期"), "2": _l("二期"), "3": _l("三期"), "4": _l("四期"), "5": _l("五期"), "6": _l("六期")},
)
_SPELT = 6


def phase_name(kind: str, number: int) -> str:
    """一期, 二期, 第 11 期; 增资扩产, 第 2 次增资."""
    if kind == "expansion":
        return _("增资扩产") if number == 1 else _("第 %(n)s 次增资", n=number)
    return words.word("phase_ordinal", str(number)) if number <= _SPELT else _("第 %(n)s 期项目", n=number)


words.register("status", {"active": _l("推进中"), "paused": _l("暂缓"), "ended": _l("终止")})
words.register(
    "project_type",
    {
        "building": _l("建设类"),
        "non_building": _l("非建设类"),
        "expansion": _l("增资扩产"),
        "reinvestment": _l("利润再投资"),
        "acquisition": _l("并购"),
    },
)
words.register(
    "source",
    {
        "visit": _l("走访拜访"),
        "fair": _l("展会活动"),
        "introduced": _l("引荐人介绍"),
        "overseas_office": _l("驻外机构"),
        "chamber": _l("商协会"),
        "inquiry": _l("来电来函"),
        "existing_firm": _l("存量企业"),
        "target_list": _l("目标企业库"),
        "higher_level": _l("上级交办"),
        "other": _l("其他"),
    },
)
words.register(
    "band",
    {
        "under_1yi": _l("1亿元以下"),
        "from_1yi": _l("1–5亿元"),
        "from_5yi": _l("5–10亿元"),
        "from_10yi": _l("10–50亿元"),
        "from_50yi": _l("50亿元以上"),
        "unknown": _l("金额未定"),
    },
)
words.register(
    "party_role",
    {
        "other_investor": _l("其他投资方"),
        "chinese_partner": _l("中方合作方"),
        "project_company": _l("项目公司"),
        "introducer": _l("引荐人"),
    },
)
words.register("outcome", {"admitted": _l("入库"), "more_needed": _l("补充材料"), "not_admitted": _l("不予入库")})
words.register("matter", {"same_group": _l("同一集团"), "another_project": _l("另一项目")})
words.register(
    "decision",
    {
        "same": _l("就是这一家"),
        "another_project": _l("同一投资方，另一项目"),
        "related": _l("是关联企业"),
        "different": _l("不是同一家"),
    },
)
words.register(
    "field",
    {
        "title": _l("项目一句话"),
        "country": _l("国家/地区"),
        "controlling_country": _l("控股方国家/地区"),
        "source": _l("来源"),
        "introducer": _l("引荐人"),
        "industry": _l("行业"),
        "park": _l("园区"),
        "external_number": _l("外部编号"),
        "note": _l("备注"),
        "first_talks_on": _l("首谈日期"),
        "project_type": _l("项目类型"),
        "total_verified": _l("总投资已核实"),
        "amount_band": _l("金额区间"),
        "total": _l("总投资"),
        "contracted": _l("合同外资"),
        "districts": _l("拟落户区"),
        "clusters": _l("产业集群"),
        "merged_note": _l("归并前的备注"),
        "following_unit": _l("跟进单位"),
        "owner": _l("负责人"),
        "next_step": _l("下一步"),
        "stage_day.lead": _l("线索起始日期"),
        "stage_day.negotiating": _l("进入在谈的日期"),
        "stage_day.signed": _l("进入签约的日期"),
        "stage_day.under_construction": _l("进入在建（实施）的日期"),
        "stage_day.operating": _l("进入投产运营的日期"),
    },
)
refusals.register(
    {
        "likely_duplicate": _l("市内可能已有这家企业，请逐条判断后再保存"),
        "reason_needed": _l("请写明理由"),
        "group_loop": _l("上级公司不能是本企业，也不能是本企业的下级"),
        "group_too_deep": _l("一个集团最多登记%(most)d层"),
        "parent_same": _l("上级公司没有变化"),
        "parent_unclear": _l("请选择是哪一家，或新建这家企业"),
        "parent_masked": _l("市内已有登记，内容按权限不显示，请市级统筹登记上级公司"),
        "lead_disputed": _l("这条线索正在争议协调中，办结前不能归并、流转或再次提出争议"),
        "phase_cycle": _l("一个项目不能是自己的分期，也不能是自己下级项目的分期"),
        "phase_there": _l("本项目已有上级项目，请先解除原来的关系"),
        "phase_other_investor": _l("投资方与上级项目不同，请写明原因"),
        "phase_number_there": _l("上级项目已有第 %(number)s 期（次），请核对"),
        "phase_too_deep": _l("分期关系最多五层"),
        "phase_parent_unknown": _l("没有这个编号的项目，或您不能为它登记分期，请核对编号"),
        "phase_ended": _l("这个关系已经解除"),
        "phase_reason": _l("请写明解除原因"),
        "lead_in_family": _l("项目有分期或增资关系，请先解除再归并，或保留原来的金额"),
        "matter_seen": _l("已有人标为已阅"),
        "not_admitted_yet": _l("入库以后才能进入下一阶段"),
        "identifier_taken": _l("这个代码或网址已属于 %(name)s"),
        "amount_too_large": _l("金额过大，请检查单位"),
        "too_many_clusters": _l("一条线索最多选%(most)d个产业集群"),
        "already_claimed": _l("这条线索已有首报"),
        "no_rate": _l("没有 %(currency)s 的汇率，请联系系统管理员"),
    }
)

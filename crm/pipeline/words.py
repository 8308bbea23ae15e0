"""The room's refusals in words."""

from flask_babel import lazy_gettext as _l

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

refusals.register(
    {
        "milestone_in_future": _l("节点日期不能晚于今天"),
        "milestone_too_early": _l("节点日期过早，请检查年份"),
        "milestone_out_of_order": _l("节点日期的先后不对：%(kind_word)s（%(on)s）与%(other_word)s（%(other_on)s）顺序颠倒"),
        "milestone_not_on_path": _l("这类项目没有“%(kind_word)s”这个节点，请先核对项目类型"),
        "milestone_there": _l("这个节点已经登记过，有误请更正原来的一条"),
        "milestone_sum": _l("金额须大于零且合乎常理，请检查数字和单位"),
        "milestone_sum_needed": _l("这个节点须填写金额"),
        "milestone_proof_needed": _l("这个节点须上传佐证材料"),
        "milestone_moved": _l("这个节点已有新的处理，可能刚被初审、认定、退回或更正，请刷新后再看"),
        "milestone_own": _l("自己登记的节点须由他人初审、认定"),
        "milestone_unconfirmed_kind": _l("这类节点无需认定"),
        "milestone_reason": _l("请写明理由"),
        "same_stage": _l("项目已在这个阶段"),
        "stage_in_future": _l("阶段日期不能晚于今天"),
        "stage_before_last": _l("阶段日期不能早于上一次变更（%(last)s）"),
    }
)

"""Supervised tasks in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("instruction_way", {"written": _l("书面批示"), "meeting": _l("会议交办"), "telephone": _l("电话交办")})
words.register("said_way", {"written": _l("书面"), "meeting": _l("会议"), "telephone": _l("电话")})
words.register("instruction_state", {"open": _l("办理中"), "reported": _l("待销号"), "closed": _l("已销号")})
words.register(
    "instruction_event",
    {
        "given": _l("交办"),
        "fed_back": _l("反馈"),
        "reported": _l("报办结"),
        "asked_time": _l("申请延期"),
        "given_time": _l("同意延期"),
        "refused_time": _l("不同意延期"),
        "returned": _l("退回续办"),
        "closed": _l("销号"),
        "reminded": _l("到期提醒"),
        "told_late": _l("逾期提醒"),
    },
)
words.register(
    "instruction_tab",
    {
        "waiting": _l("待我办"),
        "open": _l("未销号"),
        "late": _l("逾期"),
        "reported": _l("待销号"),
        "closed": _l("已销号"),
        "all": _l("全部"),
    },
)
refusals.register(
    {
        "instruction_moved": _l("这件督办已有进展，可能刚被反馈、退回或销号，请核对后再办"),
        "instruction_words": _l("请写明内容"),
        "instruction_way": _l("代领导办理，请注明领导以何种方式作出"),
        "instruction_day": _l("日期不符：时限在今天至两年之内，延期须晚于原时限"),
        "instruction_unit": _l("承办、协办单位须是在用单位，且不重复"),
        "instruction_leader": _l("请选择在任领导"),
        "instruction_lead": _l("项目已终止，不能办理"),
        "instruction_feedback": _l("承办单位还没有反馈，不能销号"),
        "instruction_time_asked": _l("已有延期申请等待答复"),
        "instruction_no_time": _l("没有等待答复的延期申请"),
        "delegation_person": _l("联络员须是在岗的专员、区负责人或市统筹，且不能为自己设定"),
        "delegation_there": _l("该同志在这段时间已是这位领导的联络员"),
        "sponsor_there": _l("这位领导已挂点该项目"),
    }
)

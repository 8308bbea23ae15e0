"""Matters in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("matter_level", {"district": _l("区级"), "city": _l("市级"), "headquarters": _l("指挥部")})
words.register("matter_state", {"open": _l("待答复"), "answered": _l("待提出方确认"), "closed": _l("已解决")})
words.register(
    "matter_event",
    {
        "raised": _l("事项提出"),
        "answered": _l("已答复"),
        "accepted": _l("提出方确认已解决"),
        "reopened": _l("提出方退回，未解决"),
        "escalated": _l("逾期自动提级"),
        "lifted": _l("人工提级"),
        "reminded": _l("到期提醒"),
        "told_late": _l("逾期提醒"),
    },
)
words.register("matter_tab", {"mine": _l("我的"), "unit": _l("本单位"), "city": _l("市级"), "headquarters": _l("指挥部")})
refusals.register(
    {
        "matter_moved": _l("这项需协调事项已有进展，可能刚被答复或确认，请核对后再办"),
        "matter_top": _l("已是最高一级，不能再提级"),
        "matter_text": _l("请写明内容"),
        "matter_person": _l("责任人须是责任单位的在岗人员"),
        "matter_lead": _l("项目已终止，不能再提需协调事项"),
    }
)

"""Disputes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "dispute_state",
    {
        "open": _l("协调中"),
        "decided": _l("已决定"),
        "under_review": _l("复核中"),
        "final": _l("复核办结"),
        "withdrawn": _l("已撤回"),
    },
)
words.register(
    "dispute_move",
    {
        "opened": _l("争议提出"),
        "stated": _l("陈述"),
        "withdrawn": _l("争议撤回"),
        "decided": _l("协调决定"),
        "review_asked": _l("已提请复核"),
        "reviewed": _l("复核决定"),
    },
)
words.register(
    "dispute_basis",
    {
        "follows": _l("跟进单位"),
        "registered": _l("首次登记单位"),
        "claim": _l("首报单位"),
        "reported": _l("再次登记单位"),
        "group": _l("同一集团项目的跟进单位"),
    },
)
words.register(
    "fact",
    {
        "registered": _l("首次登记"),
        "reported": _l("再次登记"),
        "assessed": _l("研判通过"),
        "claimed": _l("首报成立"),
        "extended": _l("首报已延期"),
        "noticed": _l("已预告释放"),
        "released": _l("首报已释放"),
        "progress": _l("写明对方的进展"),
        "file": _l("附件"),
        "signed": _l("进入签约及以后阶段"),
    },
)
words.register("fact_level", {"recorded": _l("系统记录"), "named": _l("写明对方"), "proved": _l("有佐证")})
words.register("decided_how", {"here": _l("在本系统决定"), "telephone": _l("电话决定，补录")})
words.register("decision_stage", {"first": _l("协调决定"), "review": _l("复核决定")})
refusals.register(
    {
        "dispute_closed": _l("这项争议已有进展，可能刚被决定或撤回，请核对后再办"),
        "dispute_lately": _l("这条线索的争议刚有决定，%(day)s前不服的可提请复核，不再另提争议"),
        "dispute_review_over": _l("提请复核的期限 %(day)s 已过，决定已生效"),
        "dispute_final": _l("指挥部已复核办结各方的这项争议，复核决定为最终决定"),
        "dispute_no_headquarters": _l("指挥部目前没有在岗人员，不能提请复核，请联系市统筹"),
        "dispute_no_side": _l("这条线索没有涉及其他单位，不需要争议协调"),
        "dispute_other_lead": _l("另一条线索的编号不对，或您无权查看"),
        "dispute_reason": _l("请写明情况和理由"),
        "dispute_owner": _l("负责人须是跟进单位的在岗人员"),
        "dispute_decision": _l("请写明由谁决定、哪一天决定，日期不晚于今天"),
    }
)

"""Sharing and code names in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("share_role", {"assist": _l("协办"), "main": _l("主办"), "host": _l("承接"), "refer": _l("引荐")})
words.register("share_level", {"read": _l("可查看"), "edit": _l("可办理")})
words.register("share_tier", {"card": _l("名片"), "detail": _l("工作详情"), "contacts": _l("含联系人")})
words.register("share_state", {"open": _l("等待答复"), "granted": _l("已同意"), "declined": _l("未同意")})
refusals.register(
    {
        "share_bad_until": _l("期限请选 %(first)s 至 %(last)s 之间的日期"),
        "share_edit_needs_detail": _l("可办理须至少共享工作详情"),
        "share_nobody": _l("请选择跟进单位以外的单位，或负责人以外的人员"),
        "share_already": _l("已按同样条件共享"),
        "share_asked_already": _l("这个单位的申请正在等待答复"),
        "share_answered": _l("这份申请已经答复"),
        "share_ended": _l("这项共享已经结束"),
        "sharing_reason": _l("请写明理由"),
        "seal_disputed": _l("这条线索正在争议协调中，办结前不能设代号"),
        "seal_already": _l("这个项目已有代号或正在申请"),
        "seal_none": _l("这个项目没有代号或待答复的代号申请"),
        "seal_name_tells": _l("代号至少两个字，且不能含有企业名称的一部分"),
        "seal_name_taken": _l("这个代号已被使用，请另取一个"),
        "seal_quota": _l("每个单位最多 %(most)s 个代号项目"),
        "seal_past": _l("申请的代号期限已过，请申请人重新申请"),
        "seal_own_request": _l("自己提出的代号申请须由另一位市统筹人员答复"),
    }
)

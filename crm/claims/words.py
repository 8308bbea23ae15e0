"""The room's codes and refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "claim_state",
    {
        "running": _l("保护中"),
        "amber": _l("即将到期"),
        "late": _l("已超期"),
        "due": _l("拟释放"),
        "noticed": _l("已预告释放"),
        "resting": _l("不计时"),
        "provisional": _l("暂定"),
    },
)
words.register("claim_phase", {"respond": _l("首次响应"), "assess": _l("研判"), "feedback": _l("反馈"), "progress": _l("推进")})
words.register(
    "claim_mark",
    {
        "claimed": _l("首报登记"),
        "responded": _l("首次响应"),
        "assessed": _l("研判通过"),
        "progress": _l("有效进展"),
        "extended": _l("延期"),
        "noticed": _l("预告释放"),
        "begun": _l("开始计时"),
        "amber": _l("提醒"),
        "due": _l("到期"),
        "today": _l("今天"),
    },
)
words.register("claim_act", {"extended": _l("延期"), "noticed": _l("预告释放"), "released": _l("释放")})
words.register("claim_filter", {"amber": _l("首报即将到期"), "due": _l("拟释放"), "live": _l("有首报")})
words.register(
    "evidence_type",
    {
        "agreement": _l("保密协议或框架协议"),
        "intent": _l("意向书（签字或电邮）"),
        "request": _l("投资方书面请求"),
        "minutes": _l("会议纪要（写明人员和日期）"),
        "visit": _l("走访记录（附照片）"),
        "introduction": _l("商会或领事机构引荐"),
        "fact": _l("节点或到资凭证"),
        "other": _l("其他材料（不作首报佐证）"),
    },
)
words.register("evidenced", {"basic": _l("基本"), "good": _l("较充分"), "strong": _l("充分")})
refusals.register(
    {
        "already_claimed": _l("这条线索已有首报"),
        "no_live_claim": _l("这条线索没有有效的首报，可能刚被释放，请核对后再办"),
        "extensions_used_up": _l("按规则最多延期 %(most)s 次，已经用完"),
        "claim_at_rest": _l("项目已签约、已终止或在争议协调中，首报不计时"),
        "claim_not_run_out": _l("首报没有到期，或刚有新的有效进展，不能预告或释放"),
        "already_noticed": _l("已经预告，%(day)s起可以释放"),
        "nobody_to_tell": _l("没有可以送达预告的人员，请先确定负责人"),
        "notice_not_over": _l("预告送达并期满后才能释放"),
        "claim_reason_needed": _l("请写明理由"),
        "rules_version_there": _l("已有这个版本号"),
        "rules_day_there": _l("已有同日生效的版本"),
        "rules_from_far": _l("生效日期最晚 %(day)s，请检查年份"),
        "rules_from_past": _l("新版本最早从今天起生效"),
        "rules_unfit": _l("几个天数前后不合：报告不晚于提醒，提醒早于释放，重大项目不短于一般项目，都在一天到十年之间"),
        "claim_provisional": _l("首报暂定，尚未计时，不需要延期"),
        "go_live_window_there": _l("已有一个未结束的上线窗口"),
        "go_live_no_window": _l("没有未结束的上线窗口，可能刚被关闭，请核对后再办"),
        "go_live_days": _l("起始日最早为今天、一年以内，截止日不早于起始日、再一年以内"),
        "go_live_reason": _l("请写明理由"),
        "go_live_settled": _l("这项冲突已有结论，或涉及的登记有变化，请核对后再办"),
        "go_live_earlier": _l("这是以往窗口的冲突，请在当前上线窗口关闭后再记录结论"),
        "go_live_side": _l("请选择首报归哪一方"),
        "special_day_there": _l("这一天已经登记过，请先撤下"),
    }
)

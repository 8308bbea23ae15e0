"""Bulk runs in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "bulk_act",
    {
        "owner": _l("交给本单位其他负责人"),
        "cluster": _l("设定产业集群"),
        "next": _l("填写下一步"),
        "share": _l("共享给其他单位"),
        "export": _l("导出所选"),
    },
)
words.register("bulk_cell", {"total": _l("总投资"), "expected": _l("预计节点")})
words.register("bulk_state", {"ready": _l("待确认"), "running": _l("正在处理"), "done": _l("已完成")})
words.register("bulk_item_state", {"waiting": _l("将处理"), "done": _l("已处理"), "skipped": _l("跳过")})
# What stops a lead, by the code of its refusal: those of rooms below among them.
WHY = {
    "bulk_unchanged": _l("已经是这样，无需改动"),
    "bulk_ended": _l("项目已终止，恢复后才能改"),
    "bulk_other_unit": _l("所选人员不在跟进单位的上下级单位"),
    "bulk_changed": _l("之后又有人改过，请核对后单独处理"),
    "bulk_gone": _l("已归并或无权查看"),
    "bulk_not_yours": _l("您对这条没有这项权限"),
    "lead_disputed": _l("正在争议协调中"),
    "share_nobody": _l("这个单位就是跟进单位"),
    "other": _l("不符合条件，请打开后单独处理"),
}
words.register("bulk_why", WHY)
refusals.register(
    {
        "bulk_nothing": _l("请先在清单里勾选要处理的条目"),
        "bulk_tenfold": _l("与原来的总投资相差 %(times)s 倍，请核对是否多写或少写了零、错选了万和亿；无误请再次保存"),
        "bulk_all_skipped": _l("所选条目都会跳过，没有可处理的"),
        "field_moved": _l("打开之后，已有同事改过这一项"),
        "bulk_over": _l("这次批量操作已经执行过"),
        "bulk_unchanged": _l("已经是这样，无需改动"),
        "bulk_ended": _l("项目已终止，恢复后才能改"),
        "bulk_other_unit": _l("所选人员不在跟进单位的上下级单位"),
        "bulk_changed": _l("之后又有人改过，请核对后单独处理"),
        "bulk_gone": _l("已归并或无权查看"),
        "bulk_not_yours": _l("您对这条没有这项权限"),
    }
)


def why_text(code: str | None) -> str:
    """Why a lead is skipped."""
    return words.word("bulk_why", code if code in WHY else "other")

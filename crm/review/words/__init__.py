"""The review's codes, refusals and reasons in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "answer",
    {
        "same": _l("同一家"),
        "related": _l("关联企业"),
        "different": _l("不是同一家"),
        "later": _l("以后再判"),
        "proposed": _l("提请归并"),
    },
)
words.register("review_sort", {"certainty": _l("把握"), "money": _l("金额"), "time": _l("时间")})
words.register(
    "review_field",
    {
        "name": _l("名称"), "other_names": _l("其他名称"), "uscc": _l("统一社会信用代码"), "foreign_reg": _l("境外注册号"),
        "lei": _l("LEI 编码"), "website": _l("网址"), "country": _l("国家/地区"), "industry": _l("行业"), "target": _l("目标企业库"),
        "title": _l("项目"), "unit": _l("跟进单位"), "registered": _l("登记时间"), "claim": _l("首报"), "stage": _l("阶段"),
        "total": _l("总投资"), "contracted": _l("合同外资"), "contacts": _l("联系人"), "progress": _l("最近进展"),
    },
)  # fmt: skip
refusals.register(
    {
        "pair_decided": _l("这一对已有人判断过"),
        "proposed_already": _l("已提请归并，正在等待判断，不必再次提请"),
        "undo_too_late": _l("这一对后来又有人判断过，不能撤销"),
        "nothing_to_undo": _l("没有可以撤销的判断"),
    }
)

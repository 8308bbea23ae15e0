"""The room's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "brand_source",
    {
        "office": _l("自行录入"),
        "product": _l("随产品"),
        "nsi": "name-suggestion-index",
        "edinet": "EDINET",
        "twse": "TWSE / TPEx",
    },
)
words.register("brand_show", {"": _l("全部"), "office": _l("自行录入或改动"), "retired": _l("有停用")})
refusals.register(
    {
        "brand_name_missing": _l("请至少填写一个名称"),
        "brand_name_short": _l("“%(name)s”太短，去掉标点后至少两个字"),
        "brand_name_long": _l("“%(name)s”太长，最多100个字"),
        "brand_name_general": _l("“%(name)s”是地名、行业或公司形式字样，不能单独作为品牌"),
        "brand_name_there": _l("“%(name)s”已是这个品牌的名称"),
        "brand_name_retired": _l("“%(name)s”是这个品牌已停用的名称，可在名称表中恢复"),
        "brand_name_taken": _l("“%(name)s”是品牌“%(brand)s”的名称，请先在那里停用"),
        "brand_source_missing": _l("请填写依据"),
        "brand_reason_missing": _l("请填写原因"),
        "brand_unknown": _l("没有这个品牌，或它没有这个名称"),
        "brand_is_retired": _l("这个品牌已停用，请先恢复"),
    }
)

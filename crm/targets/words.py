"""Targets in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("operator", {">": _l("突破"), ">=": _l("不低于"), "~": _l("左右")})
words.register("target_place", {"city": _l("全市"), "district": _l("区"), "bureau": _l("市直部门"), "cluster": _l("产业集群")})
words.register("nature", {"flow": _l("全年累计"), "stock": _l("期末数"), "share": _l("占比")})
refusals.register(
    {
        "target_value": _l("数值读不出，请只写数字，如 46.82"),
        "target_negative": _l("数值不能为负"),
        "target_over": _l("数值过大，请检查单位"),
        "target_percent": _l("占比不能超过百分之百"),
        "target_whole": _l("家、个须为整数"),
        "target_places": _l("最多 %(places)s 位小数"),
        "target_zero": _l("目标值须大于 0"),
        "target_period": _l("期间请写年份、季度或月份，如 2027、2027Q1、2027-03"),
        "figure_month": _l("请选择数据截至的月份"),
        "figure_future": _l("数据月份还没有到"),
        "figure_there": _l("这个月份已有数据，请在下方更正"),
        "figure_corrected": _l("这个数已被更正，请核对后再办"),
        "target_source": _l("请写明来源或原因"),
        "target_place": _l("没有这个区、市直部门或产业集群，或已停用"),
        "target_indicator": _l("没有这个指标"),
        "target_unchanged": _l("与现行目标相同，无需重设"),
        "target_moved": _l("这个目标已有现行的一版，可能是同事刚设定的，请在它的页面上核对后重设"),
        "target_valid_from": _l("生效日期不能早于上一版的生效日期"),
    }
)

"""The room's codes and refusals in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register("deputy_state", {"coming": _l("未开始"), "now": _l("代理中"), "over": _l("已到期"), "ended": _l("已提前结束")})
refusals.register(
    {
        "deputy_unfit": _l("只能由同一单位在岗的专员或区负责人代理，不能是本人"),
        "deputy_days": _l("起始日最早为今天、最晚为 %(ahead)s 天内，一次最多 %(most)s 天；更久请移交负责的线索"),
        "deputy_there": _l("这段时间已有人代理这位同志的工作，请先结束或改日期"),
        "deputy_ended": _l("这项代理已经结束"),
    }
)

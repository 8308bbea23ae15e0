"""Attribution in words."""

from flask_babel import lazy_gettext as _l

from crm.web import refusals, words

words.register(
    "indicator",
    {"signed": _l("签约项目数"), "contracted": _l("合同外资"), "received": _l("到资"), "utilised": _l("实际使用外资")},
)
words.register(
    "credit_model",
    {
        "whole": _l("全额"),
        "even": _l("双方各半"),
        "both": _l("双方全额双计"),
        "introducer": _l("引荐方分成"),
        "agreed": _l("按约定比例"),
    },
)
words.register(
    "credit_source",
    {"registration": _l("登记"), "transfer": _l("流转"), "dispute": _l("争议协调"), "agreement": _l("约定")},
)
refusals.register(
    {
        "credit_terms_unfit": _l(
            "这种归属方式要求移出单位保留 %(least)s%% 至 %(most)s%%，年限不超过 %(longest)s 年；各半须写明年限"
        ),
        "credit_parts_unfit": _l("归属比例在 0 至 100% 之间"),
        "credit_reason": _l("请写明归属变动的理由"),
        "credit_corrected": _l("这一条已经更正过，请更正最新的一条"),
    }
)

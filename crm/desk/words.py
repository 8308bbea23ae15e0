"""The desk's codes in words."""

from flask_babel import lazy_gettext as _l

from crm.web import words

words.register("override", {"review": _l("复核改变原决定"), "lift": _l("提前提级")})
words.register(
    "way",
    {
        "open": _l("可以移到这里"),
        "reason": _l("退回须写明理由"),
        "here": _l("现在的阶段"),
        "not_yours": _l("只有负责人、所属单位的区负责人和市统筹可以调整"),
        "paused": _l("项目已暂缓，恢复后才能调整"),
        "ended": _l("项目已终止，恢复后才能调整"),
        "not_admitted": _l("还没有入库，入库后才能进入"),
        "final": _l("已投产运营，只有市统筹可以退回"),
        "gate": _l("进入这个阶段须由其他角色办理"),
    },
)
words.register(
    "company_name_kind",
    {"official": _l("现用名称"), "original": _l("原文名称"), "short": _l("简称"), "former": _l("曾用名"), "alias": _l("别名")},
)
words.register(
    "company_identifier",
    {"uscc": _l("统一社会信用代码"), "foreign_reg": _l("境外注册号"), "lei": _l("LEI 编码"), "domain": _l("网站域名")},
)
words.register(
    "grouped",
    {"unit": _l("按跟进单位"), "cluster": _l("按主要产业集群"), "country": _l("按国家/地区"), "stage": _l("按阶段")},
)

"""Reasons in words: what speaks for, what against. Facts, never praise."""

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from crm.matching.rules import Reason
from crm.web import words

words.register("verdict", {"same": _l("疑似重复"), "related": _l("关联企业"), "different": _l("可能相近")})
words.register("certainty", {"3": _l("几乎相同"), "2": _l("很像"), "1": _l("有点像")})

_REASONS = {
    "same_name": _l("名称相同"),
    "same_key": _l("名称相同：写法不同"),
    "same_core": _l("字号相同：%(value)s"),
    "same_uscc": _l("统一社会信用代码相同"),
    "same_lei": _l("LEI 编码相同"),
    "same_foreign_reg": _l("境外注册号相同"),
    "same_domain": _l("同域名 %(value)s"),
    "same_phone": _l("同电话 %(value)s"),
    "brand": _l("品牌别名：%(a)s = %(b)s"),
    "brand_confirmed": _l("别名 %(a)s = %(b)s（%(on)s 确认）"),
    "alias": _l("别名 %(a)s = %(b)s（%(on)s 确认）"),
    "group_on_record": _l("同一集团（登记）"),
    "same_group": _l("同一集团：%(a)s、%(b)s"),
    "pinyin_equal": _l("读音相同：%(value)s"),
    "sound": _l("读音相近：%(value)s"),
    "kana_reading": _l("假名读音：%(value)s"),
    "hangul_reading": _l("韩文读音：%(value)s"),
    "similar_core": _l("字号相近：%(a)s、%(b)s"),
    "short_name": _l("简称：%(value)s"),
    "similar_name": _l("名称相近"),
    "no_letters": _l("没有可比对的文字"),
    "shared_words": _l("同词：%(value)s"),
    "shared_characters": _l("同字：%(value)s"),
    "core_differs": _l("字号不同：%(a)s、%(b)s"),
    "brand_differs": _l("品牌不同：%(a)s、%(b)s"),
    "place_differs": _l("区域不同：%(a)s、%(b)s"),
    "place_missing": _l("一方未写区域"),
    "holding_differs": _l("一方是集团或控股公司"),
    "holding_missing": _l("一方未写集团"),
    "trade_differs": _l("行业字样不同"),
    "number_differs": _l("编号不同"),
    "legal_form_differs": _l("公司形式不同"),
    "country_differs": _l("国家/地区不同"),
    "domain_differs": _l("域名不同"),
    "uscc_differs": _l("统一社会信用代码不同"),
    "lei_differs": _l("LEI 编码不同"),
    "foreign_reg_differs": _l("境外注册号不同"),
}
words.register("reason", _REASONS)


def reason_text(reason: Reason) -> str:
    """One reason as a short sentence in the page's language."""
    return str(_REASONS[reason.code]) % reason.as_dict()


def in_both_languages(reason: Reason) -> dict[str, str]:
    """One reason as a short sentence in Chinese and in English, whatever the page's language."""
    said = {}
    for key, locale in (("zh", "zh_Hans_CN"), ("en", "en")):
        with force_locale(locale):
            said[key] = reason_text(reason)
    return said

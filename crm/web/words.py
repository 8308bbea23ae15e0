"""Labels of codes: rooms register theirs (in `words.py`), pages ask `word(kind, code)`."""

from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.web.locale import html_lang

_words: dict[str, dict[str, Any]] = {}


def register(kind: str, labels: dict[str, Any]) -> None:
    """Say how the codes of one kind are called on a page."""
    _words[kind] = labels
    _word.cache_clear()


def word(kind: str, code: object) -> str:
    """The label of a code in the page's language. KeyError for a code without a label: a house test finds it first."""
    return _word(kind, str(code), html_lang())


@lru_cache(maxsize=8_192)
def _word(kind: str, code: str, _lang: str) -> str:
    """Worked out once a language: a page says the same few dozen again and again."""
    return str(_words[kind][code])


def choices(kind: str) -> list[tuple[str, str]]:
    """(code, label) of one kind in its registered order, for a form field."""
    return [(code, word(kind, code)) for code in _words[kind]]


def kinds() -> dict[str, dict[str, Any]]:
    """Everything registered (for the house test)."""
    return _words


register(
    "role",
    {
        "officer": _l("专员"),
        "district_manager": _l("区负责人"),
        "coordinator": _l("市统筹"),
        "leader": _l("领导"),
        "auditor": _l("审计"),
        "system_admin": _l("系统管理员"),
        "security_admin": _l("安全管理员"),
    },
)
register(
    "currency",
    {
        "CNY": _l("人民币"), "USD": _l("美元"), "HKD": _l("港币"), "EUR": _l("欧元"), "JPY": _l("日元"), "KRW": _l("韩元"),
        "GBP": _l("英镑"), "SGD": _l("新加坡元"), "CHF": _l("瑞士法郎"), "AUD": _l("澳元"), "CAD": _l("加元"),
        "TWD": _l("新台币"), "MOP": _l("澳门元"), "SEK": _l("瑞典克朗"), "DKK": _l("丹麦克朗"), "NOK": _l("挪威克朗"),
        "MYR": _l("林吉特"), "THB": _l("泰铢"), "INR": _l("印度卢比"), "AED": _l("阿联酋迪拉姆"), "NZD": _l("新西兰元"),
        "ILS": _l("以色列新谢克尔"), "BRL": _l("巴西雷亚尔"), "SAR": _l("沙特里亚尔"), "IDR": _l("印尼盾"), "VND": _l("越南盾"),
    },
)  # fmt: skip

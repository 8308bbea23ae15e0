"""Units of sums as headings and notes of tables say them."""

import re
import unicodedata

from crm.core.text import clean

CURRENCY_WORDS = (
    ("USD", ("美元", "美金", "usd", "us$")), ("HKD", ("港币", "港元", "hkd", "hk$")), ("EUR", ("欧元", "eur", "€")),
    ("JPY", ("日元", "日币", "jpy")), ("GBP", ("英镑", "gbp", "£")), ("KRW", ("韩元", "krw")), ("SGD", ("新加坡元", "新元", "sgd")),
    ("CNY", ("人民币", "cny", "rmb", "¥", "元")),
)  # fmt: skip
SCALES = (
    ("亿", 10**8), ("百万", 10**6), ("万", 10**4), ("billion", 10**9), ("bn", 10**9), ("million", 10**6), ("mn", 10**6), ("m", 10**6),
)  # fmt: skip
# "USD 10,000", "RMB 100 million": how offices write 万 and 亿 in English. Fewer noughts are a month, a year or a share.
_TIMES = re.compile(r"(?<!\d)1(?:0{3,}|0{0,2}(?:,000)+|00(?=m))")
# What a sheet of these offices means when nothing is said: 万元.
USUAL_UNIT = (10**4, "CNY")


def folded(text: str) -> str:
    """NFKC, cleaned, without spaces inside."""
    return re.sub(r"\s+", "", clean(unicodedata.normalize("NFKC", text)))


def read_unit(text: str) -> tuple[int, str] | None:
    """What a heading says its bare numbers are: "万美元" -> (10000, "USD"), "亿元" -> (10**8, "CNY"), "USD mn" -> (10**6, "USD"),
    "USD 10,000" -> (10000, "USD"), "RMB 100 million" -> (10**8, "CNY").

    None when no currency is named.
    """
    said = folded(text).casefold()
    currency = next((code for code, words in CURRENCY_WORDS if any(word in said for word in words)), None)
    rest = said
    for word in sorted((word for _code, words in CURRENCY_WORDS for word in words), key=len, reverse=True):
        rest = rest.replace(word, "")
    scale, times = next((times for word, times in SCALES if word in rest), 1), _TIMES.search(rest)
    return (scale * (int(times.group().replace(",", "")) if times else 1), currency) if currency else None

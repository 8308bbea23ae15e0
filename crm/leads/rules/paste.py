"""粘贴登记: fields proposed from a pasted chat message or notice. Nothing is invented: each proposal is a piece of the text."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from crm.core.money import Money
from crm.core.regions import parse_region

_HAN = "\u3400-\u9fff々"
_FORMS = r"GmbH(?: & Co\. KG)?|AG|Inc\.?|Corp(?:oration|\.)?|Co\.?,? ?Ltd\.?|Ltd\.?|Limited|LLC|PLC|plc|S\.A\.|SE|B\.V\.|N\.V\.|AB|K\.K\."
_CAPITAL = r"[A-ZÀ-Þ][A-Za-zÀ-ÿ0-9&'’\-]{0,30}\.?"
_IN_BRACKETS = r"[(（][A-Z][A-Za-z ]{1,20}[)）]"
_COMPANY = re.compile(
    rf"(?<![A-Za-zÀ-ÿ0-9])(?:{_CAPITAL}(?: (?:{_CAPITAL}|[0-9]{{1,4}}|&|and|of|de|van|von|der|{_IN_BRACKETS})){{0,6}}?),? (?:{_FORMS})(?![A-Za-z])"
    rf"|[\u3040-\u30ff{_HAN}]{{2,24}}株式会社|株式会社[\u30a0-\u30ff{_HAN}]{{2,20}}?(?=来访|来函|来电|来深|有意|计划|希望|拟|想|[^\u30a0-\u30ff{_HAN}]|$)"
    rf"|(?:[A-Za-z0-9&·\-]{{1,16}})?[{_HAN}·]{{1,24}}(?:[(（][{_HAN}]{{1,8}}[)）][{_HAN}]{{0,12}}?)?(?:股份有限公司|有限责任公司|有限公司|集团|公司)"
    r"|[\uac00-\ud7a3]{2,20} ?주식회사|주식회사 ?[\uac00-\ud7a3]{2,20}"
)
_LABELLED = re.compile(r"(?:投资方|企业名称|公司名称|企业|公司|investor|company)[:：]\s*([^\n,，;；。]{2,80})", re.IGNORECASE)
_TITLE = re.compile(r"(?:项目名称|项目内容|项目|拟建|project)[:：]\s*([^\n。;；]{4,80})", re.IGNORECASE)
_INTENT = re.compile(
    r"(?:计划|拟|有意|打算|希望|意向|想)(?:在[^，。,\n]{1,12})?((?:设立|建设|投资建设|新建|布局|成立|落户|扩建|打造)[^，。,；;\n]{3,50})"
)
_AMOUNT = re.compile(
    r"(?P<head>USD|US\$|EUR|HKD|HK\$|NT\$|S\$|A\$|CNY|RMB|新台币|人民币|港币|(?<![A-Za-z])\$|€)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<unit>亿|万|million|mn|billion|bn)?\s*"
    r"(?P<tail>美元|美金|欧元|港元|港币|日元|韩元|英镑|瑞士法郎|新加坡元|新台币|元|人民币|USD|EUR|HKD|RMB)?",
    re.IGNORECASE,
)
_CURRENCY = {
    "usd": "USD", "us$": "USD", "$": "USD", "美元": "USD", "美金": "USD", "eur": "EUR", "€": "EUR", "欧元": "EUR",
    "hkd": "HKD", "hk$": "HKD", "港币": "HKD", "港元": "HKD", "cny": "CNY", "rmb": "CNY", "人民币": "CNY", "元": "CNY",
    "日元": "JPY", "韩元": "KRW", "英镑": "GBP", "瑞士法郎": "CHF", "新加坡元": "SGD", "s$": "SGD", "a$": "AUD",
    "新台币": "TWD", "nt$": "TWD",
}  # fmt: skip
_UNIT = {"亿": 10**8, "万": 10**4, "million": 10**6, "mn": 10**6, "billion": 10**9, "bn": 10**9}
_PHONE = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)|\+\d[\d\- ]{7,16}\d"
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w")
_SITE = re.compile(
    r"(?:https?://|www\.)[\w.\-/]+|(?<![\w@.])[a-z0-9-]+\.(?:com|cn|jp|de|net|co\.jp|com\.cn|sg|hk|tw|kr|fr|uk)(?![\w@])",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:联系人|对接人|(?i:contact))[:：]?\s*([\u4e00-\u9fff]{2,4}?(?=电话|手机|座机|微信|邮箱|先生|女士|[^\u4e00-\u9fff]|$)|[A-Z][a-z]+ [A-Z][a-z]+)"
)
_HAN_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}")
_LATIN_WORDS = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)*")
_OF_A_COUNTRY = re.compile(r"企业|公司|客商|外商|集团|总部|独资|代表团|团队")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the text seems to say; a person confirms every field. `found` names the field and the piece of text it is from."""

    investor: str | None = None
    other_names: tuple[str, ...] = ()
    country: str | None = None
    title: str | None = None
    total: Money | None = None
    districts: tuple[str, ...] = ()
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    website: str | None = None
    found: tuple[tuple[str, str], ...] = field(default_factory=tuple)


def propose(text: str, *, areas: dict[str, str]) -> Proposal:
    """Read a message (cleaned text, Chinese or English). `areas` maps the words for reporting areas to their codes."""
    names = _names(text)
    title = _first(_TITLE, text) or _first(_INTENT, text)
    total = _amount(text)
    mail = _MAIL.search(text)
    without_mail = _MAIL.sub(" ", text)
    site, phone = _SITE.search(without_mail), _PHONE.search(text)
    country = _country(text)
    places = tuple(dict.fromkeys(code for word, code in areas.items() if word in text))
    found = [("investor", names[0])] if names else []
    found += [("title", title)] if title else []
    found += [("total", total[1])] if total else []
    return Proposal(
        investor=names[0] if names else None,
        other_names=tuple(names[1:3]),
        country=country,
        title=title,
        total=total[0] if total else None,
        districts=places,
        contact=_first(_CONTACT, text),
        phone=phone.group().strip() if phone else None,
        email=mail.group() if mail else None,
        website=site.group().rstrip("./") if site else None,
        found=tuple(found),
    )


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return match.group(1).strip() if match else None


_LEADING = re.compile(
    r"^(?:我们?(?:和|与|同|跟)?|您好|你好|昨天|今天|刚才|近日|与|的|企业|公司|德国|日本|韩国|美国|法国|英国|新加坡|香港|台湾|瑞士|荷兰"
    r"|(?:Hi|Hello|Dear|Yesterday|Today|The|We|Met|From|Investor|Company)\b,? )+"
)
# Up to the last of these a run of Chinese tells a story; the name comes after it.
_STORY = re.compile(
    r"^.*(?:拜访了?|走访了?|接触了?|对接了?|会见了?|约见了?|推荐了?|介绍了?|了解到|听说|来自|据悉|获悉|一家|这家|名为|(?<=[国本资港湾坡洲士典])企业(?!管理|服务|咨询|发展))"
)
# What is called 公司 or 集团 without being a name: 该公司, 请各公司, 外资公司, 拟设立公司.
_NO_NAME = re.compile(
    r"(?:请|各|该|贵|我|本|其|某|此|母|子|分|总|上市|跨国|外资|合资|独资|多家|两家|几家|有关|相关|所有|项目|目标|投资|新|大|小|的|方|龙头|知名|国际|境外|海外|外国|注册)*"
)
_ACTS = re.compile(r"在|拟|计划|设立|成立|新设|注册|准备|参加|通知|联系|希望")


def _names(text: str) -> list[str]:
    labelled = _LABELLED.search(text)
    found = [labelled.group(1).strip()] if labelled else []
    for match in _COMPANY.finditer(text):
        name = _LEADING.sub("", _STORY.sub("", match.group().strip(" ,，、-"))).strip()
        if len(name) >= 4 and _is_name(name) and not any(name in known or known in name for known in found):
            found.append(name)
    return found


def _is_name(name: str) -> bool:
    stem = next((name.removesuffix(form) for form in ("集团公司", "公司", "集团") if name.endswith(form)), None)
    if stem is None or stem.endswith(("有限", "有限责任")):
        return True
    return not _NO_NAME.fullmatch(stem) and not _ACTS.search(stem)


# Sums that are no investment.
_OTHER_SUM = re.compile(
    r"(?:注册资本|注册资金|产值|营收|营业额|销售额|纳税|税收|租金|单价|售价|revenue|turnover)[^，。,;；\n]{0,6}$", re.IGNORECASE
)


def _amount(text: str) -> tuple[Money, str] | None:
    for match in _AMOUNT.finditer(text):
        if _OTHER_SUM.search(text[max(match.start() - 16, 0) : match.start()]):
            continue
        currency = _CURRENCY.get((match["head"] or match["tail"] or "").lower())
        if currency is None or (match["unit"] is None and len(match["number"].replace(",", "")) < 6):
            continue
        factor = _UNIT.get((match["unit"] or "").lower(), 1)
        try:
            return Money.of(Decimal(match["number"].replace(",", "")) * factor, currency), match.group().strip()
        except (ValueError, ArithmeticError):
            continue
    return None


def _country(text: str) -> str | None:
    """A country that begins a Chinese run (德国某企业), stands before what comes from it (一家德国企业), or is named in English."""
    for match in _HAN_WORD.finditer(text):
        for piece in (match.group(), *(match.group()[:n] for n in (2, 3, 4))):
            if code := _foreign(piece):
                return code
    for match in _OF_A_COUNTRY.finditer(text):
        for length in (4, 3, 2):
            if code := _foreign(text[max(match.start() - length, 0) : match.start()]):
                return code
    return next((code for match in _LATIN_WORDS.finditer(text) if (code := _english_country(match.group()))), None)


def _english_country(words: str) -> str | None:
    """The country that some words name; not Chad Williams, whose name goes on."""
    parts = words.split(" ")
    for start in range(len(parts)):
        for end in range(min(start + 3, len(parts)), start, -1):
            phrase, after = " ".join(parts[start:end]), parts[end] if end < len(parts) else ""
            if len(phrase) >= 4 and phrase[0].isupper() and not after[:1].isupper() and (code := _foreign(phrase)):
                return code
    return None


def _foreign(piece: str) -> str | None:
    code = parse_region(piece) if len(piece) >= 2 else None
    return code if code != "CN" else None

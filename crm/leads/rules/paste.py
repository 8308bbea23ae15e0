"""粘贴登记: fields proposed from a pasted chat message or notice. Nothing is invented: each proposal is a piece of the text."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from crm.core.money import Money
from crm.core.regions import parse_region

_COMPANY = re.compile(
    r"[\w（）()·&.\- ]{2,40}?(?:股份有限公司|有限责任公司|有限公司|株式会社|集团|公司)"
    r"|[A-Z][\w&.,\- ]{1,60}?(?:GmbH|AG|Inc\.?|Corp(?:oration|\.)?|Co\.,? ?Ltd\.?|Ltd\.?|Limited|LLC|PLC|plc|S\.A\.|SE|B\.V\.|N\.V\.|AB|K\.K\.)(?![A-Za-z])"
    r"|[\u30a0-\u30ff\u4e00-\u9fff]{2,20}株式会社|株式会社[\u30a0-\u30ff\u4e00-\u9fff]{2,20}|[\uac00-\ud7a3]{2,20} ?주식회사"
)
_LABELLED = re.compile(r"(?:投资方|企业名称|公司名称|企业|公司|investor|company)[:：]\s*([^\n,，;；。]{2,80})", re.IGNORECASE)
_TITLE = re.compile(r"(?:项目名称|项目内容|项目|拟建|project)[:：]\s*([^\n。;；]{4,80})", re.IGNORECASE)
_INTENT = re.compile(
    r"(?:计划|拟|有意|打算|希望|意向|想)(?:在[^，。,\n]{1,12})?((?:设立|建设|投资建设|新建|布局|成立|落户|扩建|打造)[^，。,；;\n]{3,50})"
)
_AMOUNT = re.compile(
    r"(?P<head>USD|US\$|EUR|HKD|CNY|RMB|人民币|港币|\$|€)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>亿|万|million|mn|billion|bn)?\s*"
    r"(?P<tail>美元|美金|欧元|港元|港币|日元|元|人民币|USD|EUR|HKD|RMB)?",
    re.IGNORECASE,
)
_CURRENCY = {
    "usd": "USD", "us$": "USD", "$": "USD", "美元": "USD", "美金": "USD", "eur": "EUR", "€": "EUR", "欧元": "EUR",
    "hkd": "HKD", "港币": "HKD", "港元": "HKD", "cny": "CNY", "rmb": "CNY", "人民币": "CNY", "元": "CNY", "日元": "JPY",
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
_CONTACT = re.compile(r"(?:联系人|对接人|contact)[:：]?\s*([\u4e00-\u9fff]{2,4}|[A-Z][a-z]+ [A-Z][a-z]+)", re.IGNORECASE)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,8}|[A-Za-z][A-Za-z .]{1,24}")


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
    r"^(?:我们?|您好|你好|昨天|今天|刚才|据悉|近日|拜访了?|接触了?|对接了?|与|和|有一?家|来自|推荐|介绍|了解到|听说|德国|日本|韩国|美国|法国|英国|新加坡|香港|台湾|瑞士|荷兰|的|企业|公司)+"
)


def _names(text: str) -> list[str]:
    labelled = _LABELLED.search(text)
    found = [labelled.group(1).strip()] if labelled else []
    for match in _COMPANY.finditer(text):
        name = _LEADING.sub("", match.group().strip(" ,，、.-")).strip()
        if len(name) >= 4 and not any(name in known or known in name for known in found):
            found.append(name)
    return found


def _amount(text: str) -> tuple[Money, str] | None:
    for match in _AMOUNT.finditer(text):
        currency = _CURRENCY.get((match["tail"] or match["head"] or "").lower())
        if currency is None or (match["unit"] is None and len(match["number"].replace(",", "")) < 6):
            continue
        factor = _UNIT.get((match["unit"] or "").lower(), 1)
        try:
            return Money.of(Decimal(match["number"].replace(",", "")) * factor, currency), match.group().strip()
        except (ValueError, ArithmeticError):
            continue
    return None


def _country(text: str) -> str | None:
    for match in _WORD.finditer(text):
        word = match.group().strip()
        for piece in (word, *(word[:n] for n in (2, 3, 4))):
            code = parse_region(piece) if len(piece) >= 2 and not (piece.isascii() and len(piece) < 4) else None
            if code and code != "CN":
                return code
    return None

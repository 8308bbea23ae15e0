"""What identifies a company beyond its name: credit code, web domain, phone, LEI. All pure, nothing is looked up."""

import re
from urllib.parse import urlsplit

import phonenumbers
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

# Second levels under which firms register their own names; a small part of the public suffix list, enough for company sites.
_SECOND_LEVEL = frozenset(
    f"{second}.{country}"
    for country in [
        "cn",
        "tw",
        "hk",
        "mo",
        "jp",
        "kr",
        "uk",
        "sg",
        "au",
        "nz",
        "in",
        "th",
        "my",
        "id",
        "vn",
        "br",
        "tr",
        "za",
        "il",
        "ph",
        "mx",
        "ar",
    ]
    for second in ["com", "co", "net", "org", "gov", "edu", "ac", "or", "ne", "go"]
)
_SHARED_HOSTS = frozenset(
    [
        "facebook.com",
        "linkedin.com",
        "weibo.com",
        "wechat.com",
        "qq.com",
        "baidu.com",
        "wikipedia.org",
        "github.io",
        "wixsite.com",
        "blogspot.com",
        "google.com",
        "youtube.com",
        "instagram.com",
        "x.com",
        "twitter.com",
        "1688.com",
        "alibaba.com",
        "taobao.com",
        "tmall.com",
    ]
)
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "yahoo.co.jp",
        "icloud.com",
        "me.com",
        "aol.com",
        "proton.me",
        "gmx.de",
        "web.de",
        "qq.com",
        "foxmail.com",
        "163.com",
        "126.com",
        "yeah.net",
        "sina.com",
        "sina.cn",
        "sohu.com",
        "139.com",
        "189.cn",
        "aliyun.com",
        "vip.163.com",
        "naver.com",
        "daum.net",
        "hanmail.net",
        "docomo.ne.jp",
        "ezweb.ne.jp",
    ]
)
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")


def normalise_uscc(text: str) -> str | None:
    """A unified social credit code (GB 32100-2015) in 18 characters, or None when its check digit is wrong."""
    try:
        return str(uscc.validate(text))
    except ValidationError:
        return None


def registrable_domain(text: str) -> str | None:
    """The domain a firm registered, of a web address: http://www.cables.com.tw/x -> cables.com.tw. None when it has none of
    its own.
    """
    text = text.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.rstrip(".").encode("idna").decode() if host else ""
    except (ValueError, UnicodeError):
        return None
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.match(label) for label in labels) or labels[-1].isdigit():
        return None
    keep = 3 if ".".join(labels[-2:]) in _SECOND_LEVEL else 2
    if len(labels) < keep:
        return None
    domain = ".".join(labels[-keep:])
    return None if domain in _SHARED_HOSTS else domain


def mail_domain(address: str) -> str | None:
    """The company's domain of a mail address; None for free mail and for what is no address."""
    local, _, host = address.strip().lower().rpartition("@")
    if not local or host in FREE_MAIL:
        return None
    return registrable_domain(host)


def normalise_phone(text: str, region: str = "CN") -> str | None:
    """A phone number in E.164, read as one of `region` when it has no country code; None when it is none."""
    try:
        number = phonenumbers.parse(re.sub(r"^00(?=[1-9])", "+", text.strip()), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def fold_registration(text: str) -> str | None:
    """A foreign registration number without punctuation, upper case; None when fewer than four characters stay."""
    folded = re.sub(r"[^A-Z0-9]", "", text.upper())
    return folded if len(folded) >= 4 else None

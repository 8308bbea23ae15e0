"""How dates, amounts and counts look on a page. Chinese and English differ; a missing value is an em dash."""

import re
from datetime import date as Date
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from flask_babel import gettext as _

from crm.core import clock
from crm.core.money import Money
from crm.core.yearly import growth as grown
from crm.web.locale import html_lang
from crm.web.words import word

DASH = "—"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _english() -> bool:
    return html_lang() == "en"


def date(day: Date | datetime | None) -> str:
    """2026-06-18: in fields and records."""
    if day is None:
        return DASH
    return (clock.city_day(day) if isinstance(day, datetime) else day).isoformat()


def day(value: Date | datetime | None) -> str:
    """6月18日, with the year when it is not this one; Jun 18 in English."""
    if value is None:
        return DASH
    on = clock.city_day(value) if isinstance(value, datetime) else value
    other_year = on.year != clock.today().year
    if _english():
        return f"{_MONTHS[on.month - 1]} {on.day}" + (f", {on.year}" if other_year else "")
    return (f"{on.year}年" if other_year else "") + f"{on.month}月{on.day}日"


def month(number: int) -> str:
    """6 before its 月; Jun in English."""
    return _MONTHS[number - 1] if _english() else str(number)


def weekday(on: Date) -> str:
    """星期四 / Thursday."""
    names = (_("星期一"), _("星期二"), _("星期三"), _("星期四"), _("星期五"), _("星期六"), _("星期日"))
    return names[on.weekday()]


def when(moment: datetime | None) -> str:
    """今天 09:12, 昨天 16:40, else the date with the time."""
    if moment is None:
        return DASH
    local = moment.astimezone(clock.CITY_ZONE)
    time = f"{local:%H:%M}"
    ago = (clock.today() - local.date()).days
    if ago == 0:
        return _("今天 %(time)s", time=time)
    if ago == 1:
        return _("昨天 %(time)s", time=time)
    return f"{day(moment)} {time}"


def stamp(moment: datetime | None) -> str:
    """The day and time in full, for what goes on paper: 2026-11-26 10:57."""
    return DASH if moment is None else moment.astimezone(clock.CITY_ZONE).strftime("%Y-%m-%d %H:%M")


def due(on: Date | None) -> str:
    """逾期 6 天, 今天, 明天, else the date."""
    if on is None:
        return DASH
    left = (on - clock.today()).days
    if left < 0:
        return _("逾期 %(n)s 天", n=-left)
    if left == 0:
        return _("今天")
    if left == 1:
        return _("明天")
    return day(on)


def due_state(on: Date | None) -> str:
    """late, soon (today or tomorrow) or planned: which dot stands before a date."""
    if on is None:
        return "planned"
    left = on - clock.today()
    if left < timedelta(0):
        return "late"
    return "soon" if left <= timedelta(days=1) else "planned"


class DueMark(NamedTuple):
    """How a due date is shown: the dot's and the text's class, and the text."""

    dot: str
    ink: str
    text: str


def due_mark(on: Date) -> DueMark:
    """A due date with its dot: 12月4日 planned; 11月25日，明天 soon; 11月18日，逾期 6 天 late."""
    return _due_mark(on, clock.today(), html_lang())


@lru_cache(maxsize=2_000)  # a list shows the same few dates again and again
def _due_mark(on: Date, _today: Date, _lang: str) -> DueMark:
    state = due_state(on)
    dot, ink = {"late": ("late", "ob-late"), "soon": ("half", "ob-soon")}.get(state, ("ring", ""))
    return DueMark(
        dot, ink, due(on) if state == "planned" else f"{day(on)}，{due(on)}" if _lang != "en" else f"{day(on)}, {due(on)}"
    )


def days_since(moment: datetime | Date | None) -> int | None:
    """Whole days from a moment or date until today."""
    if moment is None:
        return None
    on = clock.city_day(moment) if isinstance(moment, datetime) else moment
    return (clock.today() - on).days


def num(value: int | None) -> str:
    """12,345."""
    return DASH if value is None else f"{value:,}"


def growth(now: Fraction | int | None, before: Fraction | int | None) -> str:
    """Year on year: +12.3%, -4.0%, 0.0%; 从无到有 when there was nothing a year before; an em dash when nothing can be said."""
    found = grown(now, before)
    if found.first:
        return _("从无到有")
    return DASH if found.tenths is None else f"{found.tenths / 10:+,.1f}%" if found.tenths else "0.0%"


def _scaled(minor: int, factor: int, places: str) -> str:
    return f"{(Decimal(minor) / factor).quantize(Decimal(places), ROUND_HALF_EVEN) + 0:,}"  # + 0: there is no -0.00


def yi(fen: int | None) -> str:
    """Fen as 亿元 with two decimals: 1_200_000_000_00 -> "12.00". In English, as exactly, whole RMB million: "1,200"."""
    if fen is None:
        return DASH
    return _scaled(fen, 100_000_000, "1") if _english() else _scaled(fen, 10_000_000_000, "0.01")


def wan(cents: int | None) -> str:
    """Cents as 万美元 without decimals: 98_000_000_00 -> "9,800". In English, as exactly, USD million: "98.00"."""
    if cents is None:
        return DASH
    return _scaled(cents, 100_000_000, "0.01") if _english() else _scaled(cents, 1_000_000, "1")


def wan_full(cents: int | None) -> str:
    """Cents as 万美元 with two decimals, for figures that are compared: 98_765_432_10 -> "9,876.54"; "98.7654" in English."""
    if cents is None:
        return DASH
    return _scaled(cents, 100_000_000, "0.0001") if _english() else _scaled(cents, 1_000_000, "0.01")


def yi_cell(fen: int | None) -> float | None:
    """The same sum as a number in a workbook, in the unit that `yi` writes."""
    return None if fen is None else fen / (10**8 if _english() else 10**10)


def wan_cell(cents: int | None) -> float | None:
    """The same sum as a number in a workbook, in the unit that `wan` writes."""
    return None if cents is None else cents / (10**8 if _english() else 10**6)


def yi_usd(whole: int, places: int = 2) -> str:
    """Whole 万美元 as 亿美元: 93_997 -> "9.40". In English USD million: "939.97"."""
    if _english():
        return _scaled(whole, 100, "0.01")
    return _scaled(whole, 10_000, "0." + "0" * places)


def yi_usd_number(whole: int) -> float:
    """Whole 万美元 as a number of 亿美元, in English of USD million: what a chart draws."""
    return whole / (100 if _english() else 10_000)


def _in_english(minor: int, name: str) -> str:
    """USD 940.00 m, RMB 86.81 bn: hundredths of a currency as its news would say it."""
    if abs(minor) >= 100_000_000_000:
        return f"{name} {_scaled(minor, 100_000_000_000, '0.01')} bn"
    return f"{name} {_scaled(minor, 100_000_000, '0.01' if name == 'USD' else '1')} m"


def round_sum(said: str) -> str:
    """A sum as one says it when it is round, such as a threshold: 10 亿元, USD 50 m instead of 10.00 亿元, USD 50.00 m."""
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda found: found[1].rstrip("."), said)


def in_yi(fen: int | None) -> str:
    """A sum inside a sentence: 12.00 亿元; RMB 1.20 bn in English."""
    if fen is None:
        return DASH
    return _in_english(fen, "RMB") if _english() else _("%(n)s 亿元", n=yi(fen))


def in_wan(cents: int | None) -> str:
    """Foreign capital inside a sentence: 9,800 万美元; USD 98.00 m in English."""
    if cents is None:
        return DASH
    return _in_english(cents, "USD") if _english() else _("%(n)s 万美元", n=wan(cents))


def money(amount: int | None, currency: str | None) -> str:
    """A sum in its own currency with 万 or 亿: 1,200 万美元; USD 12.00 m in English. Dollars stay in 万."""
    if amount is None or not currency:
        return DASH
    major = Money(amount, currency).major
    if _english():
        name, whole = ("RMB" if currency == "CNY" else currency), abs(major)
        if whole and whole < 100_000:
            return f"{name} {major.quantize(Decimal(1)):,}"
        large = Decimal(1_000_000_000 if whole >= 1_000_000_000 else 1_000_000)
        return f"{name} {(major / large).quantize(Decimal('0.01')):,} {'bn' if whole >= 1_000_000_000 else 'm'}"
    name = word("currency", currency) if currency != "CNY" else _("元")
    if abs(major) >= 100_000_000 and currency != "USD":
        return _("%(n)s 亿%(currency)s", n=f"{(major / 100_000_000).quantize(Decimal('0.01')):,}", currency=name)
    wan_value = major / 10_000
    places = Decimal("1") if wan_value == wan_value.to_integral_value() else Decimal("0.01")
    return _("%(n)s 万%(currency)s", n=f"{wan_value.quantize(places):,}", currency=name)


def rate(nano: int) -> str:
    """CNY for one unit out of billionths of a yuan, at least two decimals: 7_021_500_000 -> "7.0215"."""
    text = f"{Decimal(nano).scaleb(-9).normalize():f}"
    whole, _sign, rest = text.partition(".")
    return f"{int(whole):,}.{rest.ljust(2, '0')}"


def size(octets: int) -> str:
    """412 KB, 2.1 MB."""
    if octets < 1024:
        return f"{octets} B"
    if octets < 1024 * 1024:
        return f"{octets // 1024} KB"
    return f"{octets / 1024 / 1024:.1f} MB"


def masked_name(name: str) -> str:
    """王** for a Chinese name, J*** V*** for a Latin one."""
    if name.isascii():
        return " ".join(part[0] + "***" for part in name.split())
    return name[:1] + "*" * max(len(name) - 1, 1)


def masked_phone(phone: str) -> str:
    """The beginning and the last two digits of a phone number."""
    if len(phone) < 7:
        return "*" * len(phone)
    return f"{phone[:3]} **** **{phone[-2:]}"


def masked_mail(address: str) -> str:
    """j***@example.com."""
    local, sign, host = address.partition("@")
    return f"{local[:1]}***@{host}" if sign else "*" * len(address)

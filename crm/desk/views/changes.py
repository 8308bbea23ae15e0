"""What a line of a lead's timeline says of a change: the stored value in the words and the language of the page."""

from collections.abc import Callable
from decimal import Decimal

from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.core.db import known
from crm.core.industries import industry_name
from crm.core.money import Money
from crm.core.regions import region_name
from crm.units import queries as units
from crm.web import fmt
from crm.web.locale import html_lang
from crm.web.words import word

_LISTED = "、"


def _sum(value: str) -> str:
    number, currency = value.split(" ")
    stored = Money.of(Decimal(number), currency)
    return fmt.money(stored.amount, stored.currency)


def _districts(value: str) -> str:
    short = known("changes.areas", lambda: {unit.code: unit.short(html_lang()) for unit in units.areas()})
    return _("、").join(short.get(code, code) for code in value.split(_LISTED))


def _clusters(value: str) -> str:
    names = {label.zh: label.name(html_lang()) for label in reversed(clusters.labels().values())}  # the newest version's name
    return _("、").join(names.get(name, name) for name in value.split(_LISTED))


_SAID: dict[str, Callable[[str], str]] = {
    "country": lambda value: region_name(value, html_lang()),
    "controlling_country": lambda value: region_name(value, html_lang()),
    "industry": lambda value: industry_name(value, html_lang()),
    "source": lambda value: word("source", value),
    "project_type": lambda value: word("project_type", value),
    "amount_band": lambda value: word("band", value),
    "total_verified": lambda value: _("已核实") if value == "True" else _("未核实"),
    "total": _sum,
    "contracted": _sum,
    "districts": _districts,
    "clusters": _clusters,
}


def in_words(field: str, value: str | None) -> str:
    """What stood, or stands now, in a field; a value that nobody knows any more as it was stored."""
    if not value:
        return fmt.DASH
    try:
        return _SAID[field](value) if field in _SAID else value
    except (KeyError, ValueError, ArithmeticError):
        return value

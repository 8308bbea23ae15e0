"""What a dashboard's address asks for: forgiving, and never more than the reader may."""

from collections.abc import Collection
from datetime import date

from werkzeug.datastructures import MultiDict

from crm.dashboard.rules import Ask, Spell, first_day


def ask_from(args: "MultiDict[str, str]", *, today: date, units: Collection[int], own: int | None) -> Ask:
    """The filters of an address. `units`: those that may be asked for; `own`: the one that is read when none is named (None: the
    whole city).
    """
    unit, cluster = _number(args.get("unit")), args.get("cluster", "")
    spell = Spell(args["period"]) if args.get("period") in set(Spell) else Spell.YEAR
    country = args.get("country", "")
    named = len(country) == 2 and country.isascii() and country.isupper()
    return Ask(
        unit_id=unit if unit in units else own, cluster_id=0 if cluster == "none" else _number(cluster),
        country=country if named else "-" if country == "none" else None, spell=spell, since=first_day(spell, today),
        until=None if spell is Spell.EVER else today,
    )  # fmt: skip


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) <= 9 else None

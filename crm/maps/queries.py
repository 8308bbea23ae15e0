"""Named reads of maps."""

from sqlalchemy import select

from crm.core.db import db
from crm.maps.models import CityMap
from crm.maps.rules import Area, Drawing, Outline
from crm.units import queries as units


def current() -> CityMap | None:
    """The map in use, None while the board shows its own sketch."""
    return db.session.scalar(select(CityMap).where(CityMap.retired_at.is_(None)).order_by(CityMap.id.desc()).limit(1))


def drawing_of(row: CityMap) -> Drawing:
    """The map as drawn."""
    raw = row.drawing
    outlines = tuple(Outline(**outline) for outline in raw["outlines"])
    return Drawing(raw["width"], raw["height"], outlines, tuple(raw["others"]), tuple(raw["missing"]))


def areas() -> list[Area]:
    """The reporting areas that a map may show."""
    return [Area(unit.code, (unit.short_zh, unit.zh, unit.short_en, unit.en)) for unit in units.areas()]

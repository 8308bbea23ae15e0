"""Reading an official map: a GeoJSON file, its areas told by their names, drawn at one scale. The file is judged whole."""

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from crm.core.errors import Refusal

MAX_BYTES = 8 * 1024 * 1024
MAX_POINTS = 400_000
WIDE = 800  # the drawing's width; its height follows the land
MOST_HIGH = 1600
Point = tuple[float, float]


class MapRefused(Refusal):
    """The file is no map that can be shown; `code` says why."""

    code = "map_unreadable"


@dataclass(frozen=True, slots=True)
class Area:
    """A place that a map may show: its code and all names it goes by."""

    code: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """One area as drawn: an SVG path on the drawing, and where its name stands."""

    code: str
    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map as drawn, `width` by `height`; `others` are paths of land that is none of the areas, `missing` areas without land."""

    width: int
    height: int
    outlines: tuple[Outline, ...]
    others: tuple[str, ...]
    missing: tuple[str, ...]


def read_map(content: bytes, areas: Sequence[Area]) -> Drawing:
    """The drawing of a GeoJSON file (RFC 7946: a FeatureCollection of Polygon and MultiPolygon, degrees of longitude and
    latitude). A feature is an area when one of its properties is the area's code or one of its names.

    Raises MapRefused: too large, no GeoJSON, no polygons, points that are no degrees, none of the areas in it, one area twice.
    """
    if len(content) > MAX_BYTES:
        raise MapRefused("map_too_large", megabytes=MAX_BYTES // 1024 // 1024)
    found = [(names, rings) for names, rings in _features(content) if rings]
    if not found:
        raise MapRefused("map_empty")
    plane, width, height = _plane([point for _names, rings in found for ring in rings for point in ring])
    by_name = {_folded(name): area.code for area in areas for name in (area.code, *area.names)}
    outlines: dict[str, Outline] = {}
    others = []
    for names, rings in found:
        codes = {by_name[name] for name in names if name in by_name}
        drawn = [ring for ring in (_thinned(plane.at(point) for point in ring) for ring in rings) if len(ring) > 2]
        if not drawn:
            continue
        if not codes:
            others.append(_path(drawn))
            continue
        code = min(codes)
        if len(codes) > 1 or code in outlines:
            raise MapRefused("map_area_twice", area=next(area.names[0] for area in areas if area.code == code))
        outlines[code] = Outline(code, _path(drawn), *_middle(max(drawn, key=lambda ring: abs(_twice_area(ring)))))
    if not outlines:
        raise MapRefused("map_no_areas")
    missing = tuple(area.code for area in areas if area.code not in outlines)
    return Drawing(width, height, tuple(outlines.values()), tuple(others), missing)


def _features(content: bytes) -> Iterator[tuple[set[str], list[list[Point]]]]:
    """The folded names of each feature with polygons, and its rings."""
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise MapRefused from error
    if not isinstance(raw, dict) or raw.get("type") != "FeatureCollection" or not isinstance(raw.get("features"), list):
        raise MapRefused("map_no_collection")
    left = MAX_POINTS
    for feature in raw["features"]:
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(shape, dict):
            continue
        at = shape.get("coordinates")
        polygons = {"Polygon": [at], "MultiPolygon": at}.get(str(shape.get("type")))
        if not isinstance(polygons, list):
            continue
        rings = [[_degrees(point) for point in _listed(ring)] for polygon in polygons for ring in _listed(polygon)]
        left -= sum(len(ring) for ring in rings)
        if left < 0:
            raise MapRefused("map_too_many_points", n=MAX_POINTS)
        said = feature.get("properties")
        values = said.values() if isinstance(said, dict) else ()
        yield {_folded(str(value)) for value in values if isinstance(value, str | int)}, [ring for ring in rings if ring]


def _listed(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MapRefused("map_no_degrees")
    return value


def _degrees(point: Any) -> Point:
    numbers = point[:2] if isinstance(point, list) else []
    if len(numbers) != 2 or any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise MapRefused("map_no_degrees")
    longitude, latitude = numbers
    if not (abs(longitude) <= 180 and abs(latitude) <= 85):  # a NaN is neither
        raise MapRefused("map_no_degrees")
    return float(longitude), float(latitude)


@cache
def _endings() -> re.Pattern[str]:
    """What stands behind a place's own name on one map and not on another; the place keeps two characters at least."""
    words = json.loads((Path(__file__).parent / "data" / "endings.json").read_text("utf-8"))["endings"]
    return re.compile(f"(?<=..)({'|'.join(map(re.escape, words))})$")


def _folded(name: str) -> str:
    return _endings().sub("", unicodedata.normalize("NFKC", name).strip().casefold())


@dataclass(frozen=True, slots=True)
class _Plane:
    """From degrees to the drawing: plate carrée, true to scale at the land's middle latitude."""

    west: float
    north: float
    across: float
    down: float

    def at(self, point: Point) -> tuple[int, int]:
        return 2 + round((point[0] - self.west) * self.across), 2 + round((self.north - point[1]) * self.down)


def _plane(points: list[Point]) -> tuple[_Plane, int, int]:
    """The plane of these points, and the drawing's width and height."""
    east, west = max(p[0] for p in points), min(p[0] for p in points)
    north, south = max(p[1] for p in points), min(p[1] for p in points)
    shrink = math.cos(math.radians((north + south) / 2))
    if east - west <= 0 or north - south <= 0:
        raise MapRefused("map_empty")
    scale = min((WIDE - 4) / ((east - west) * shrink), (MOST_HIGH - 4) / (north - south))
    plane = _Plane(west, north, shrink * scale, scale)
    width, height = plane.at((east, south))
    return plane, width + 2, height + 2


def _thinned(points: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without points that fall on the one before: what the eye does not tell apart is not sent."""
    ring: list[tuple[int, int]] = []
    for point in points:
        if not ring or point != ring[-1]:
            ring.append(point)
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _path(rings: list[list[tuple[int, int]]]) -> str:
    """SVG: each ring from its first point by steps."""
    parts = []
    for ring in rings:
        steps = [f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(ring)]
        parts.append(f"M{ring[0][0]} {ring[0][1]}l{'l'.join(steps)}z")
    return "".join(parts)


def _twice_area(ring: list[tuple[int, int]]) -> int:
    return sum(a * y - x * b for (a, b), (x, y) in zip(ring, ring[1:] + ring[:1], strict=True))


def _middle(ring: list[tuple[int, int]]) -> tuple[int, int]:
    """The centre of gravity of a ring."""
    twice = _twice_area(ring)
    if twice == 0:
        return ring[0]
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((a + c) * (a * d - c * b) for (a, b), (c, d) in pairs) / (3 * twice)
    y = sum((b + d) * (a * d - c * b) for (a, b), (c, d) in pairs) / (3 * twice)
    return round(x), round(y)

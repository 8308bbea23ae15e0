"""Reading an official map."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.maps.rules import MAX_BYTES, WIDE, Area, Drawing, MapRefused, read_map

AREAS = (Area("SZ-NS", ("南山", "南山区", "Nanshan")), Area("SZ-BA", ("宝安", "宝安区", "Bao'an")))


def square(west: float, south: float, side: float = 0.1) -> list[list[float]]:
    east, north = west + side, south + side
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(name: str, *rings, kind: str = "Polygon", key: str = "name") -> dict:
    coordinates = list(rings) if kind == "Polygon" else [[ring] for ring in rings]
    return {"type": "Feature", "properties": {key: name}, "geometry": {"type": kind, "coordinates": coordinates}}


def collection(*features) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()


def read(*features) -> Drawing:
    return read_map(collection(*features), AREAS)


def test_areas_are_told_by_any_of_their_names_and_the_rest_is_land():
    found = read(
        feature("南山区", square(113.9, 22.5)), feature("sz-ba", square(113.8, 22.6), kind="MultiPolygon", key="code"),
        feature("某镇", square(114.0, 22.5)),
    )  # fmt: skip
    assert [one.code for one in found.outlines] == ["SZ-NS", "SZ-BA"]
    assert len(found.others) == 1
    assert found.missing == ()
    assert found.width == WIDE
    assert 0 < found.height < WIDE, "three degrees wide, two high"
    assert read(feature("南山", square(113.9, 22.5))).missing == ("SZ-BA",)


def test_it_is_true_to_scale_and_the_name_stands_in_the_middle():
    found = read(feature("南山", square(113.9, 22.5)))
    (one,) = found.outlines
    ratio = (found.width - 4) / (found.height - 4)
    assert ratio == pytest.approx(math.cos(math.radians(22.55)), rel=0.01)
    assert (one.x, one.y) == (found.width // 2, found.height // 2)
    assert one.path.startswith("M2 ")
    assert one.path.endswith("z")


def test_points_that_fall_together_are_one():
    ring = square(113.9, 22.5)
    dense = [[x + (i % 2) * 1e-9, y] for x, y in ring for i in range(1000)]
    assert read(feature("南山", dense)).outlines[0].path == read(feature("南山", ring)).outlines[0].path


@pytest.mark.parametrize(("content", "code"), [
    (b"", "map_unreadable"), (b"\xff\xfe", "map_unreadable"), (b"[" * 100_000, "map_unreadable"), (b"{}", "map_no_collection"),
    (b"[]", "map_no_collection"), (b'{"type": "FeatureCollection", "features": 3}', "map_no_collection"),
    (b'{"type": "FeatureCollection", "features": [null, 1, {"geometry": 2}]}', "map_empty"),
    (collection(feature("南山", [])), "map_empty"),
    (collection(feature("南山", [[113.9, 22.5]] * 4)), "map_empty"),
    (collection(feature("南山", [[500000.0, 2500000.0], [500100.0, 2500000.0], [500100.0, 2500100.0]])), "map_no_degrees"),
    (collection(feature("南山", [["a", 1], [1, 2]])), "map_no_degrees"),
    (collection(feature("南山", 5)), "map_no_degrees"),
    (collection(feature("南山", [[True, False], [math.nan, 3], [4, 5]])), "map_no_degrees"),
    (collection(feature("不认识", square(1, 1))), "map_no_areas"),
    (collection(feature("南山", square(1, 1)), feature("南山区", square(2, 2))), "map_area_twice"),
    (b" " * (MAX_BYTES + 1), "map_too_large"),
    (collection(feature("南山", [[113.9, 22.5]] * 400_001)), "map_too_many_points"),
])  # fmt: skip
def test_what_cannot_be_shown_is_refused(content, code):
    with pytest.raises(MapRefused) as refused:
        read_map(content, AREAS)
    assert refused.value.code == code


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=3, max_size=30))
def test_any_ring_is_drawn_on_the_sheet_or_refused(points):
    try:
        found = read(feature("南山", [list(point) for point in points]))
    except MapRefused:  # all points on one line, or in one place
        return
    assert 4 <= found.width <= WIDE
    for one in found.outlines:
        x = y = 0
        for step in one.path.removeprefix("M").removesuffix("z").split("l"):
            dx, dy = step.split()
            x, y = x + int(dx), y + int(dy)
            assert 0 <= x <= found.width
            assert 0 <= y <= found.height

"""Periods, what others are told, and where the tiles stand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.board.rules import Cell, Period, Show, bounds_of, roughly, shade_of, sketch, span_of


@pytest.mark.parametrize(
    "period, today, first, before",
    [
        (Period.WEEK, date(2026, 11, 26), date(2026, 11, 23), (date(2026, 11, 16), date(2026, 11, 19))),
        (Period.MONTH, date(2026, 3, 31), date(2026, 3, 1), (date(2026, 2, 1), date(2026, 2, 28))),
        (Period.MONTH, date(2026, 1, 5), date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 5))),
        (Period.YEAR, date(2028, 2, 29), date(2028, 1, 1), (date(2027, 1, 1), date(2027, 2, 28))),
        (Period.YEAR, date(2026, 11, 26), date(2026, 1, 1), (date(2025, 1, 1), date(2025, 11, 26))),
    ],
)
def test_a_period_and_the_same_days_before(period, today, first, before):
    span = span_of(period, today)
    assert (span.first, span.last) == (first, today)
    assert (span.before_first, span.before_last) == before


@given(st.sampled_from(Period), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_period_ends_today_and_the_one_before_ends_before_it_begins(period, today):
    span = span_of(period, today)
    assert span.before_first <= span.before_last < span.first <= span.last == today
    assert span.last - span.first >= span.before_last - span.before_first - timedelta(days=1)  # a leap year's 29 February


CELLS = st.builds(Cell, *(st.integers(0, 5_000) for _ in range(6)))


@given(CELLS)
def test_others_are_told_in_fives_and_no_sums(cell):
    told = roughly(cell)
    assert not told.exact
    assert (told.cell.total_cny, told.cell.idle, told.cell.due) == (0, 0, 0)
    for show in (Show.STOCK, Show.FRESH):
        assert told.cell.of(show) % 5 == 0 and 0 <= cell.of(show) - told.cell.of(show) < 5


def test_one_project_more_or_less_does_not_show():
    assert roughly(Cell(stock=11)) == roughly(Cell(stock=13, total_cny=5, due=1))


@given(st.lists(CELLS, max_size=6))
def test_cells_add_up(cells):
    assert sum(cells, Cell()).stock == sum(cell.stock for cell in cells)
    assert sum(cells, Cell()).total_cny == sum(cell.total_cny for cell in cells)


@given(st.lists(st.integers(0, 10_000), max_size=14))
def test_shades_rise_with_the_number(numbers):
    bounds = bounds_of(numbers)
    assert bounds == sorted(set(bounds)) and len(bounds) == 4
    shades = [shade_of(number, bounds) for number in sorted(numbers)]
    assert shades == sorted(shades)
    assert all(0 <= shade <= 4 for shade in shades)
    assert not numbers or max(numbers) < 5 or shades[-1] == 4


def test_no_tile_covers_another_and_one_lies_apart():
    spots = [(1, 0), (5, 0), (0, 1), (1, 1), (0, 2), (5, 2), None, None]
    drawing = sketch(spots)
    assert len(set(drawing.corners)) == len(spots)
    for index, (x, y) in enumerate(drawing.corners):
        assert 0 <= x <= drawing.width - 127 and 0 <= y <= drawing.height - 102
        for other_x, other_y in drawing.corners[index + 1 :]:
            assert abs(x - other_x) >= 127 or abs(y - other_y) >= 102
    assert drawing.apart[0] == (drawing.corners[1][0] - 24, 2)
    below = [y for x, y in drawing.corners[-2:]]
    assert min(below) > max(y for _x, y in drawing.corners[:-2])


def test_a_city_without_areas_has_an_empty_sketch():
    assert sketch([]).corners == []

"""The demo's official tables: this year's months and those of the year before, which go as they came."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.demo.money import make_money
from crm.demo.removal import remove_demo
from crm.leads.models import Lead
from crm.leads.rules.lead import Stage
from crm.money.models import Utilised
from crm.targets import queries as targets
from tests.builders import a_lead
from tests.money.stories import root

pytestmark = pytest.mark.only_on("sqlite")


def made(count: int = 6) -> None:
    with unit_of_work():
        for _number in range(count):
            lead = db.session.get_one(Lead, a_lead(country="DE").id)
            lead.stage, lead.is_demo, lead.contracted_usd = Stage.SIGNED, True, 900_000_000
            lead.admitted_at = clock.now()
    with unit_of_work():
        make_money(clock.now(), root())


def test_each_month_of_this_year_has_one_of_the_year_before(app, clock_at):
    clock_at("2026-06-18 09:00")
    with app.app_context():
        made()
        before, now = targets.two_years(2026)
        assert sorted(before.months) == list(range(1, 13))
        assert sorted(now.months) == [1, 2, 3, 4, 5]
        assert all(before.months.values())
        city = next(row for row in targets.rows(clock.today()) if (row.indicator.code, row.target.period) == ("FI-01", "2027"))
        assert city.before.month == date(2025, 5, 1)
        remove_demo(clock.now() + timedelta(days=1))
        assert db.session.scalar(select(func.count(Utilised.id))) == 0


def test_the_same_seed_makes_the_same_tables(app, clock_at):
    clock_at("2026-01-08 09:00")  # in January the months of this year lie in the last one
    with app.app_context():
        made()
        rows = db.session.execute(select(Utilised.month, Utilised.credit_code).order_by(Utilised.month)).all()
        assert (rows[0].month, rows[-1].month) == (date(2024, 11, 1), date(2025, 12, 1))
        assert len(set(rows)) == len(rows)

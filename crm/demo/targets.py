"""Targets of the demo: a plan for this year, of the city, two districts and a cluster; some figures with an invented source."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm.accounts import queries as accounts
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db
from crm.targets import services
from crm.targets.models import Target
from crm.targets.rules import Operator, Place
from crm.targets.services import NewFigure, NewTarget
from crm.units import queries as units

_SOURCE = "示例"


@dataclass(frozen=True, slots=True)
class _Figure:
    indicator: str
    month: int  # of last year when it lies ahead of today
    value: str


# Invented, though of the size of the real ones.
_FIGURES = (
    _Figure("FT-01", 6, "11800"), _Figure("FT-02", 6, "8600"), _Figure("FT-08", 6, "940"), _Figure("FT-09", 6, "262"),
    _Figure("OS-01", 6, "19"), _Figure("OS-02", 6, "48.6"), _Figure("FI-03", 6, "231"), _Figure("FE-01", 6, "51.2"),
)  # fmt: skip


def make_targets(now: datetime) -> int:
    """By the services that make them. Call inside a unit of work; how many targets and figures."""
    user = accounts.by_username("coordinator")
    assert user is not None
    actor, today = user.as_actor(), clock.city_day(now)
    year = str(today.year)
    nanshan, baoan, cluster = units.by_code("SZ-NS"), units.by_code("SZ-BA"), clusters.current()[0]
    assert nanshan is not None
    assert baoan is not None
    plans = [
        NewTarget("FI-01", year, Place.CITY, "11.6", _SOURCE, Operator.AT_LEAST),
        NewTarget("FI-01", year, Place.DISTRICT, "3.9", _SOURCE, Operator.AT_LEAST, nanshan.id),
        NewTarget("FI-01", year, Place.DISTRICT, "2.3", _SOURCE, Operator.ABOVE, baoan.id),
        NewTarget("FI-01", year, Place.CLUSTER, "0.4", _SOURCE, Operator.ABOUT, cluster.id),
    ]
    made = [services.set_target(new, expects="", actor=actor, now=now) for new in plans]
    figures = []
    for one in _FIGURES:
        target = db.session.scalars(select(Target).where(Target.indicator == one.indicator, Target.period == "2027")).first()
        if target is not None:
            month = f"{today.year if today.month > one.month else today.year - 1}-{one.month:02d}"
            new = NewFigure(month, one.value, _SOURCE)
            figures.append(services.enter_figure(target.public_id, new, actor=actor, now=now))
    month = f"{today.year if today.month > 6 else today.year - 1}-06"
    figures.append(services.enter_figure(made[1].public_id, NewFigure(month, "0.82", _SOURCE), actor=actor, now=now))
    figures.append(services.enter_figure(made[2].public_id, NewFigure(month, "0.64", _SOURCE), actor=actor, now=now))
    for target in made:
        target.is_demo = True
    for figure in figures:
        figure.is_demo = True
    return len(made) + len(figures)

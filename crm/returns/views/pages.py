"""/returns: a week with its units, a unit with its weeks, one return."""

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.core import clock
from crm.policy import rules as policy
from crm.returns import words
from crm.returns.forms import week_named
from crm.returns.queries import returns, weeks
from crm.returns.rules import Week, open_weeks, settings, week_of
from crm.returns.views.blueprint import bp
from crm.units import queries as units
from crm.web.guards import allowed, current_actor


@bp.get("/")
@allowed("weekly_return", "list")
def index() -> ResponseReturnValue:
    """The city's people: the last whole week. Others: the weeks of their own unit."""
    actor = current_actor()
    if actor.city_wide:
        return _week(week_of(clock.today()).before)
    areas = weeks.own_areas(actor)
    found = [(area, weeks.weeks_of(area, actor)) for area in areas]
    now = week_of(clock.today())
    return render_template("returns/own.html", found=found, period_of=words.period_of, settings=settings(), now=now)


@bp.get("/weeks/<string:public_id>")
@allowed("weekly_return", "list")
def week(public_id: str) -> ResponseReturnValue:
    """The units of a week, which its first day names."""
    return _week(week_named(public_id, clock.today()))


def _week(chosen: Week) -> str:
    later = chosen.next if chosen.next.first <= clock.today() else None
    return render_template(
        "returns/week.html", board=weeks.board_of(chosen, current_actor()), week=chosen, later=later, period_of=words.period_of,
        now=week_of(clock.today()), settings=settings(), open_weeks=open_weeks(clock.today(), settings()),
        confirms=policy.possible(current_actor().role, "weekly_return", "confirm"),
    )  # fmt: skip


@bp.get("/<string:public_id>")
@allowed("weekly_return", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One return: what it says, what is to be done, its history."""
    actor = current_actor()
    one = returns.visible_return(public_id, actor=actor)
    return render_template(
        "returns/show.html", one=one, row=one.row, events=returns.events_of(one.row), said=words.said,
        versions=returns.versions_of(one.row, actor), title=words.title_of(one.row), period=words.period_of(one.week),
        version=words.version_of, office=units.coordinating(),
    )  # fmt: skip

"""Weekly returns of the demo: of two districts and the last weeks, by the services that make them; one never came, one came late, one
was sent back, one is being corrected, one is being written.
"""

from datetime import datetime, timedelta

from crm.accounts import queries as accounts
from crm.core import clock
from crm.policy.rules import Actor
from crm.returns import services
from crm.returns.models import WeeklyReturn
from crm.returns.rules import EmptyReason, Week, week_of
from crm.returns.services.drafting import draft
from crm.units import queries as units


def make_returns(now: datetime) -> int:
    """Call inside a unit of work, after all leads and their history; how many returns."""
    week = week_of(clock.city_day(now))
    first, second, last = week.before.before.before, week.before.before, week.before
    made = [_confirmed("nanshan", first), _confirmed("nanshan", second), _confirmed("baoan", second, days=3)]
    waits = _submitted("nanshan", last)
    back = _submitted("baoan", last)
    services.send_back(
        back.public_id, back.version, "存在问题一栏请写明需要哪个部门协调", actor=_actor("coordinator"), now=_at(last, 1, 11)
    )
    again = services.correct(
        made[1].public_id, made[1].version, "补充一家企业的洽谈情况", actor=_actor("manager.nanshan"), now=_at(last, 2, 9)
    )
    begun = draft(_unit("nanshan"), week, actor=_actor("officer.nanshan"), now=now, is_demo=True)
    return len([*made, waits, back, again, begun])


def _confirmed(place: str, week: Week, *, days: int = 0) -> WeeklyReturn:
    """Handed in so many days after the first day after its week, and confirmed."""
    row = _submitted(place, week, days=days)
    return services.confirm(row.public_id, row.version, actor=_actor("coordinator"), now=_at(week, days, 17))


def _submitted(place: str, week: Week, *, days: int = 0) -> WeeklyReturn:
    row = draft(_unit(place), week, actor=_actor(f"officer.{place}"), now=_at(week, -3, 16), is_demo=True)
    row.progress_text = "重点项目按计划推进，新增线索以先进制造为主。" if place == "nanshan" else None
    manager, at = _actor(f"manager.{place}"), _at(week, days, 10)
    try:
        return services.submit(row.public_id, row.version, None, actor=manager, now=at)
    except EmptyReason:
        return services.submit(row.public_id, row.version, "本周集中办理注册手续，暂无新进展", actor=manager, now=at)


def _at(week: Week, days: int, hours: int) -> datetime:
    """An hour of a day, counted from the first day after a week."""
    return clock.start_of(week.next.first, days=days) + timedelta(hours=hours)


def _unit(place: str) -> int:
    user = accounts.by_username(f"manager.{place}")
    assert user is not None
    return units.by_id(user.unit_id).id


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()

"""Assessment of the demo: the example scheme, the last quarter published with an objection, the present one provisional."""

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from crm import assessment
from crm.accounts import queries as accounts
from crm.assessment import services
from crm.assessment.models import ScoreLine, ScoreRun
from crm.core import clock
from crm.core.db import db
from crm.policy.rules import Actor
from crm.targets import services as targets
from crm.targets.rules import Operator, Place
from crm.targets.services import NewTarget
from crm.units import queries as units

_DATA = Path(assessment.__file__).parent / "data"
EXAMPLE, CONTEST = _DATA / "example_districts.txt", _DATA / "example_contest.txt"
# Invented, in 亿美元 of a quarter.
_PLANS = (("SZ-NS", "0.5"), ("SZ-BA", "0.35"), ("SZ-LG", "0.3"), ("SZ-FT", "0.4"), ("SZ-GM", "0.15"), ("SZ-PS", "0.12"))
_WHY = "我区一笔实际使用外资按信用代码对应到了另一区的项目，请按业绩归属核对后补记。"


def make_scores(now: datetime, root: str) -> int:
    """By the services that make them. Call inside a unit of work; how many runs."""
    city, manager, today = _actor("coordinator"), _actor("manager.nanshan"), clock.city_day(now)
    present, last = _quarter(today), _quarter(today, back=1)
    text = EXAMPLE.read_text("utf-8").replace("生效 = 2025-01-01", f"生效 = {today.year - 1}-01-01")
    scheme = services.load_scheme(text, actor=city, now=now, is_demo=True)
    for period in (last, present):
        _plans(period, city, now)
    _bureau_plan(str(today.year), city, now)
    runs = [services.compute_run(scheme.public_id, period, actor=city, now=now) for period in (last, present)]
    contest = services.load_scheme(_contest(present), actor=city, now=now, is_demo=True)
    runs.append(services.compute_run(contest.public_id, present, actor=city, now=now))
    for run in runs:
        run.is_demo = True
    db.session.flush()
    published = services.publish_run(runs[0].public_id, runs[0].version, actor=city, now=now)
    papers = [("银行入账与归属说明（示例）.txt", "示例说明（虚构）\n".encode())]
    services.object_to(_line(published, "SZ-NS").public_id, _WHY, papers, root=root, actor=manager, now=now)
    return len(runs)


def _contest(period: str) -> str:
    """The example contest, of this quarter."""
    year, quarter = period.split("Q")
    text = CONTEST.read_text("utf-8").replace("2026Q4", period).replace("生效 = 2026", f"生效 = {year}")
    named = f"{year} 年第{'一二三四'[int(quarter) - 1]}季度"
    english = f"{('first', 'second', 'third', 'fourth')[int(quarter) - 1]} quarter of {year}"
    return text.replace("2026 年第四季度", named).replace("fourth quarter of 2026", english)


def _plans(period: str, city: Actor, now: datetime) -> None:
    for code, value in _PLANS:
        unit = units.by_code(code)
        assert unit is not None
        new = NewTarget("FI-01", period, Place.DISTRICT, value, "示例", Operator.AT_LEAST, unit.id)
        targets.set_target(new, expects="", actor=city, now=now).is_demo = True


def _bureau_plan(period: str, city: Actor, now: datetime) -> None:
    """A department's target beside those of the districts."""
    unit = units.by_code("SZ-GXJ")
    assert unit is not None
    new = NewTarget("CR-01", period, Place.BUREAU, "4", "示例", Operator.AT_LEAST, unit.id)
    targets.set_target(new, expects="", actor=city, now=now).is_demo = True


def _line(run: ScoreRun, code: str) -> ScoreLine:
    unit = units.by_code(code)
    assert unit is not None
    query = select(ScoreLine).where(ScoreLine.run_id == run.id, ScoreLine.unit_id == unit.id, ScoreLine.rule == "utilised")
    return db.session.scalars(query).one()


def _quarter(day: date, *, back: int = 0) -> str:
    months = day.year * 4 + (day.month - 1) // 3 - back
    return f"{months // 4}Q{months % 4 + 1}"


def _actor(username: str) -> Actor:
    user = accounts.by_username(username)
    assert user is not None
    return user.as_actor()

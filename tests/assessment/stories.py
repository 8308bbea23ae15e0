"""What the stories of assessment need: confirmed facts, a loaded scheme, runs, objections."""

import pytest

from crm.accounts import queries as accounts
from crm.assessment import services
from crm.assessment.models import ScoreLine, ScoreRun
from crm.assessment.rules.runs import Answer
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.core.errors import Refusal
from crm.core.money import Money
from crm.leads.models import Lead
from crm.pipeline.rules import Kind
from crm.policy.rules import Actor
from crm.targets import services as targets
from crm.targets.rules import Place
from crm.targets.services import NewTarget
from tests.builders import a_lead, a_unit, actor, put_milestone
from tests.money.stories import root

TEXT = """[方案]
代码 = T
名称 = 试行考核
英文名 = Trial scores
版本 = 1
生效 = 2026-01-01
来源 = 示例
[指标 signed]
名称 = 签约
计数 = 签约项目数
对照 = 目标 CR-01
权重 = 40
上限 = 120%
[指标 sum]
名称 = 合同外资
计数 = 合同外资额
对照 = 最优
权重 = 30
[指标 rate]
名称 = 开工率
计数 = 开工项目数 / 签约项目数
对照 = 定值 50%
权重 = 30
[列示 leads]
名称 = 登记线索
计数 = 登记线索数
"""


def loaded(text: str = TEXT, by: str = "coordinator") -> str:
    """The public id of a loaded scheme."""
    with unit_of_work():
        return services.load_scheme(text, actor=actor(by), now=clock.now()).public_id


def computed(scheme: str | None = None, period: str = "2026Q1", by: str = "coordinator") -> ScoreRun:
    """A provisional run."""
    scheme = scheme or loaded()
    with unit_of_work():
        return services.compute_run(scheme, period, actor=actor(by), now=clock.now())


def published(run: ScoreRun, by: str = "coordinator") -> ScoreRun:
    """The run, published."""
    with unit_of_work():
        return services.publish_run(run.public_id, run.version, actor=actor(by), now=clock.now())


def signed(unit: str = "SZ-NS", amount: int | None = 8_000_000, *, started: bool = False, **named: object) -> Lead:
    """An admitted project whose signing (and start) the city confirmed now."""
    lead = a_lead(unit=unit, **named)
    with unit_of_work():
        db.session.get_one(Lead, lead.id).admitted_at = clock.now()
    confirm(lead, Kind.CONTRACT_SIGNED, amount)
    if started:
        confirm(lead, Kind.CONSTRUCTION_STARTED, None)
    return lead


def confirm(lead: Lead, kind: Kind, amount: int | None = None, **changed: object) -> object:
    """A confirmed milestone."""
    sum_ = Money.of(amount, "USD") if amount else None
    return put_milestone(
        lead, kind, state="confirmed", amount=sum_, confirmed_amount=sum_.amount if sum_ else None,
        confirmed_currency="USD" if sum_ else None, confirmed_on=clock.today(), **changed,
    )  # fmt: skip


def aimed(
    value: str = "2", unit: str = "SZ-NS", period: str = "2026Q1", indicator: str = "CR-01", place: Place = Place.DISTRICT
) -> None:
    """A district's or department's target."""
    with unit_of_work():
        new = NewTarget(indicator, period, place, value, "市府办文", place_id=a_unit(unit).id)
        targets.set_target(new, expects="", actor=actor("coordinator"), now=clock.now())


def line_of(run: ScoreRun, rule: str, unit: str = "SZ-NS", kind: str | None = None) -> ScoreLine:
    """A unit's line of a run."""
    found = db.session.query(ScoreLine).filter_by(run_id=run.id, unit_id=a_unit(unit).id, rule=rule)
    return (found.filter_by(kind=kind) if kind else found).one()


def objected(
    line: ScoreLine, reason: str = "漏计一项", papers: tuple[tuple[str, bytes], ...] = (), by: str | Actor = "manager.nanshan"
):  # type: ignore[no-untyped-def]
    """An objection to a line."""
    with unit_of_work():
        return services.object_to(
            line.public_id, reason, papers, root=root(), actor=actor(by) if isinstance(by, str) else by, now=clock.now()
        )


def answered(objection, *, upheld: bool = True, points: str = "2.5", text: str = "核对属实", by: str = "coordinator"):  # type: ignore[no-untyped-def]
    """Its answer."""
    with unit_of_work():
        return services.answer_objection(objection.public_id, Answer(upheld, points, text), actor=actor(by), now=clock.now())


def people_told(code: str) -> set[str]:
    """Who has a message of a kind."""
    from crm.notifications.models import Notification

    ids = db.session.query(Notification.user_id).filter_by(code=code)
    return {user.username for user in accounts.everyone() if user.id in {row[0] for row in ids}}


def refused(name, act, *args, **how):
    """It is refused for this reason."""
    with pytest.raises(Refusal) as found:
        act(*args, **how)
    assert found.value.code == name

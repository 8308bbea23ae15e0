"""A random city, random questions about it, and whether every figure of a dashboard is what its list holds."""

import random
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import insert, select, update
from werkzeug.datastructures import MultiDict

from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.dashboard import queries
from crm.dashboard.forms import ask_from
from crm.dashboard.rules import Ask, Figure, address_of
from crm.desk.forms import question_from
from crm.events.models import EventLink
from crm.events.rules import LinkRole
from crm.leads.models import Assessment, Lead, LeadCluster
from crm.leads.queries import listing
from crm.leads.rules.lead import STAGES, Stage
from crm.leads.rules.listing import Scope
from crm.pipeline.models import StageChange
from crm.units import queries as units
from tests.builders import a_lead, a_unit, actor
from tests.events.stories import an_event
from tests.web.shared_city import seal

READERS = ("coordinator", "leader", "manager.nanshan", "officer.nanshan", "officer.baoan")
COUNTRIES = ("DE", "JP", "HK", None)


def random_city(dice: random.Random, *, size: int = 40) -> None:
    """Leads of two districts and of the city itself, in every stage, some without facts, one of each district under a code name."""
    tags = [item.id for item in clusters.current()[:3]]
    made = []
    for number in range(size):
        by, unit = (("officer.nanshan", None), ("officer.baoan", None), ("coordinator", "SZ-TCJ"))[number % 5 % 3]
        made.append(a_lead(by=by, unit=unit).id)
    now = clock.now()
    with unit_of_work():
        for lead_id in made:
            stage = dice.choice(STAGES)
            registered = now - timedelta(days=dice.choice((2, 20, 200, 370, 385, 500)), hours=dice.randrange(24))
            admitted = registered + timedelta(hours=dice.randrange(200)) if stage != Stage.LEAD or dice.random() < 0.3 else None
            db.session.execute(
                update(Lead).where(Lead.id == lead_id).values(
                    stage=stage, country=dice.choice(COUNTRIES), registered_at=registered, admitted_at=admitted,
                    total_cny=dice.choice((None, 10**10, 3 * 10**10)), total_verified=dice.random() < 0.5,
                    next_due=dice.choice((None, clock.today())), status=dice.choice(("active", "active", "active", "paused", "ended")),
                )
            )  # fmt: skip
            db.session.execute(LeadCluster.__table__.delete().where(LeadCluster.lead_id == lead_id))
            for rank, tag in enumerate(dice.sample(tags, dice.randrange(3))):
                values = {"lead_id": lead_id, "cluster_id": tag, "rank": rank, "tagged_by_id": actor("coordinator").user_id}
                db.session.execute(insert(LeadCluster).values(**values, tagged_at=now))
            if admitted is not None:
                values = {"lead_id": lead_id, "outcome": "admitted", "assessed_by_id": actor("coordinator").user_id}
                db.session.execute(insert(Assessment).values(**values, assessed_at=admitted))
            _moves(lead_id, stage, clock.city_day(registered), dice)
    _at_events(made, dice)
    for by in ("officer.nanshan", "officer.baoan"):
        query = select(Lead.public_id).where(
            Lead.id.in_(made), Lead.stage == Stage.NEGOTIATING, Lead.following_unit_path == actor(by).unit_path,
            Lead.admitted_at.is_not(None), Lead.status == "active",
        )  # fmt: skip
        found = db.session.scalar(query.limit(1))
        if found:
            seal(found, "青石" if by == "officer.nanshan" else "白沙", by=by)


def _at_events(made: list[int], dice: random.Random) -> None:
    """Three events from which some leads came, or at which they were signed; a few were taken off again."""
    held = [an_event(f"Fair {number}").id for number in range(3)]
    by, now = actor("coordinator").user_id, clock.now()
    with unit_of_work():
        for lead_id in dice.sample(made, len(made) * 2 // 3):
            for role in LinkRole:
                gone = now if dice.random() < 0.2 else None
                db.session.add(
                    EventLink(event_id=dice.choice(held), lead_id=lead_id, role=role, by_id=by, at=now, ended_at=gone)
                )  # fmt: skip


def _moves(lead_id: int, stage: Stage, day, dice: random.Random) -> None:
    person = actor("coordinator").user_id
    for old, new in zip(STAGES, STAGES[1 : STAGES.index(stage) + 1], strict=False):
        day += timedelta(days=dice.randrange(60))
        db.session.add(
            StageChange(
                lead_id=lead_id, from_stage=old, to_stage=new, on_date=day, entered_by_id=person, entered_at=clock.now()
            )
        )  # fmt: skip
        db.session.flush()


def a_question(dice: random.Random) -> "MultiDict[str, str]":
    """An address of the dashboard."""
    tags = [str(item.id) for item in clusters.current()[:3]]
    areas = [str(a_unit(code).id) for code in ("SZ-NS", "SZ-BA", "SZ-FT")]
    args = {
        "unit": dice.choice(["", "", *areas]), "cluster": dice.choice(["", "", "none", *tags]),
        "country": dice.choice(["", "", "none", "DE", "JP", "HK"]), "period": dice.choice(["", "month", "year", "twelve", "ever"]),
    }  # fmt: skip
    return MultiDict({name: value for name, value in args.items() if value})


def asked(args: "MultiDict[str, str]", who: str) -> Ask:
    """What the page makes of it for somebody."""
    person = actor(who)
    whole = queries.reader_of(person).whole
    offered = [unit.id for unit in units.areas()] if whole else units.under(person.unit_path)
    return ask_from(args, today=clock.today(), units=offered, own=None if whole else person.unit_id)


def figures_of(board: queries.Board) -> Iterator[tuple[str, Figure]]:
    """Every figure of a dashboard that opens a list."""
    named = [(f"stage {stage}", figure) for stage, figure in board.stages.items()]
    named += [(f"funnel {step.stage}", step.figure) for step in board.steps]
    named += [(f"funnel {step.stage} a year before", step.before) for step in board.steps if step.before]
    for kind in ("districts", "clusters", "countries"):
        for bar in getattr(board, kind):
            named += [(f"{kind} {bar.key}", bar.told.figure)] if bar.told.exact else []
            named += [(f"{kind} {bar.key} signed", bar.signed)] if bar.signed else []
    for line in board.events:
        named += [(f"event {line.event_id} {part}", getattr(line, part)) for part in ("came", "signed", "started")]
    named += [(f"lack {lack.fact}", lack.figure) for lack in board.lacks]
    for one in board.answers:
        named += [(f"new {one.unit_id}", one.leads), (f"not admitted {one.unit_id}", one.waiting)]
        named += [(f"new {one.unit_id} a year before", one.before)] if one.before else []
    yield from ((name, figure) for name, figure in named if figure.question is not None)


def disagreements(args: "MultiDict[str, str]", who: str) -> list[str]:
    """Figures that are not what their lists hold, and addresses that the list reads as another question."""
    person, wrong = actor(who), []
    for name, figure in figures_of(queries.board_for(asked(args, who), person, keep_seconds=0)):
        address = address_of(figure.question)
        pairs = [(key, str(one)) for key, value in address.items() for one in (value if isinstance(value, list) else [value])]
        question = question_from(MultiDict(pairs), default_scope=Scope.MINE)
        found = listing.count_of(question.on(exact=True), person).number
        if found != figure.number:
            wrong.append(f"{who} {dict(args)} {name}: {figure.number}, the list has {found} ({address})")
    return wrong


def every_figure_agrees(dice: random.Random, rounds: int) -> list[str]:
    """So many random questions by random readers; what does not agree."""
    return [fault for _round in range(rounds) for fault in disagreements(a_question(dice), dice.choice(READERS))]

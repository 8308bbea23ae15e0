"""Twenty people register one firm in the same second, each under another disguise of its name."""

from dataclasses import dataclass

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from crm.companies.models import Company
from crm.core import clock
from crm.core.db import db, unit_of_work
from crm.leads import services
from crm.leads.models import Lead, SecondReport
from crm.leads.queries import hits
from crm.leads.rules.lead import Decision, Decisions, HitDecision, LikelyDuplicate, NewLead, Source
from crm.policy.rules import Actor
from crm.units import queries as units
from tests.builders import signed_in
from tests.races import Team, errors, race

PEOPLE = 20
_WHO = ("officer.nanshan", "officer.baoan", "manager.nanshan", "manager.baoan", "coordinator")
_MARKS = ("", "\u200b", "\ufeff", "\u200e", "\ufe00", "\u2060")


def firm(round_: int) -> str:
    """An invented firm of a round, unlike those of other rounds."""
    signs = "碧澜屿杜姆林凯斯托瓦罗米拉贝诺文霍克伦佩森古特"
    return "".join(signs[(round_ * 7 + step * (round_ // 5 + 3)) % len(signs)] for step in range(5)) + "光學有限公司"


def disguised(name: str, number: int) -> str:
    """The name as somebody else types it: traditional or simplified, brackets, width, spaces, signs that do not show."""
    text = name.replace("學", "学") if number % 2 else name
    if number % 3 == 0:
        text = " ".join(text)
    if number % 5 == 0:
        text = text.replace("有限公司", "（有限公司）") if number % 2 else text + "　"
    return text + _MARKS[number % len(_MARKS)]


def register(app: Flask, number: int, rounds: list[int]) -> int:
    """What one person does: register, and when told that it is known, say so; when told to try again (503, they waited too long
    on a machine that has no time), try again. How many times it was a second report.
    """
    again = 0
    with app.app_context():
        who = signed_in(_WHO[number % len(_WHO)])
        unit_id = who.unit_id
        for round_ in rounds:
            new = NewLead(title="镜头装配", source=Source.FAIR, investor=disguised(firm(round_), number), country="SG")
            decisions = Decisions()
            for _try in range(6):
                try:
                    with unit_of_work():
                        unit = units.by_id(unit_id)
                        logged = services.log_lead(new, decisions, unit=unit, city="SZ", actor=who, now=clock.now())
                        again += logged.second_report is not None
                    break
                except LikelyDuplicate:
                    decisions = _decide(new, who)
                    db.session.rollback()
                except OperationalError:
                    db.session.rollback()
            else:
                raise RuntimeError("still undecided")
    return again


def _decide(new: NewLead, who: Actor) -> Decisions:
    found = hits.hits_for(hits.subject_of(new), actor=who)
    known = tuple(
        HitDecision(hit.company.public_id, Decision.SAME, hit.lead.public_id)
        for hit in found.shown
        if hit.must_decide and hit.lead
    )
    return Decisions(known, coordinate=found.masked)


@dataclass(frozen=True)
class Outcome:
    companies: int
    leads: int
    reports: int


def run(app: Flask, rounds: list[int], team: Team | None = None, patience: float = 66) -> Outcome:
    """All rounds by all people; what the database holds afterwards (of these rounds). A team starts each of them at once and is
    given `patience` seconds for it; without one they start together and go through the rounds as they get on.
    """
    with app.app_context():
        before = _counts()
        db.session.remove()
    for some in [[one] for one in rounds] if team else [rounds]:
        if team:
            answers = team.race(register, some, timeout=patience)
        else:
            answers = race(register, PEOPLE, app, some, timeout=60 + 6 * len(some))
        assert errors(answers) == {}, [answer.trace for answer in answers if answer.error][:2]
    with app.app_context():
        after = _counts()
        db.session.remove()
    return Outcome(*(new - old for new, old in zip(after, before, strict=True)))


def _counts() -> tuple[int, int, int]:
    return tuple(db.session.scalar(select(func.count()).select_from(table)) for table in (Company, Lead, SecondReport))

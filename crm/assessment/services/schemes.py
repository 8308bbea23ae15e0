"""Loading formula files, and trying them on past periods."""

import hashlib
from datetime import datetime

from sqlalchemy import select

from crm.assessment.models import ScoreScheme
from crm.assessment.queries.beside import Trial, beside_of, compared
from crm.assessment.queries.computing import compute
from crm.assessment.rules.reading import check_units, read_scheme
from crm.assessment.rules.refusals import BesideMissing, SchemeThere
from crm.assessment.rules.runs import check_period, read_periods
from crm.assessment.rules.schemes import Scheme
from crm.audit import services as audit
from crm.core import clock
from crm.core.db import db, lock_key
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units.models import Unit


def load_scheme(text: str, *, actor: Actor, now: datetime, is_demo: bool = False) -> ScoreScheme:
    """Store a formula file as a version of its scheme. Raises Forbidden, SchemeUnfit (each error with its place), SchemeThere."""
    policy.require(policy.of_role(actor), "score", "load", seen_by="list")
    scheme = read_scheme(text)
    check_units(scheme, _codes())
    lock_key(f"score_scheme:{scheme.code}")
    there = select(ScoreScheme.id).where(ScoreScheme.code == scheme.code, ScoreScheme.version == scheme.version)
    if db.session.scalar(there) is not None:
        raise SchemeThere
    body = text.removeprefix("\ufeff")
    row = ScoreScheme(
        code=scheme.code, version=scheme.version, name=scheme.name, name_en=scheme.name_en, valid_from=scheme.valid_from,
        source=scheme.source, example=scheme.example, text=body, sha256=hashlib.sha256(body.encode()).hexdigest(),
        loaded_by_id=actor.user_id, loaded_at=now, is_demo=is_demo,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    facts = {"code": row.code, "version": row.version, "valid_from": row.valid_from.isoformat(), "sha256": row.sha256}
    audit.record("score.loaded", subject=("score_scheme", row), facts=facts, actor=actor, now=now)
    return row


def try_scheme(text: str, periods: str, *, beside: str = "", actor: Actor, now: datetime) -> list[Trial]:
    """Compute a formula file on periods and keep nothing but a line in the audit trail. The file's valid-from, and the period of
    a contest, are not asked: trying a formula on years before it is what this is for. `beside`: a recorded run or another scheme
    ("run:…", "scheme:…") to compare with. Raises Forbidden, NotFound, SchemeUnfit, PeriodUnreadable, PeriodAhead, BesideMissing,
    NobodyScored.
    """
    policy.require(policy.of_role(actor), "score", "try", seen_by="list")
    scheme: Scheme = read_scheme(text)
    check_units(scheme, _codes())
    wanted, other = read_periods(periods), beside_of(beside, actor)
    for period in wanted:
        check_period(scheme, period, clock.city_day(now), tried=True)
    if other is not None and other.run is not None and other.run.period not in {period.code for period in wanted}:
        raise BesideMissing(period=other.run.period)
    found = [compared(compute(scheme, period), other) for period in wanted]
    facts = {
        "code": scheme.code, "version": scheme.version, "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "periods": [period.code for period in wanted], "beside": beside or None,
    }  # fmt: skip
    audit.record("score.tried", subject=None, facts=facts, actor=actor, now=now)
    return found


def _codes() -> set[str]:
    """The codes of all units in use."""
    return set(db.session.scalars(select(Unit.code).where(Unit.retired_on.is_(None))))

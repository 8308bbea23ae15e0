"""Rows of the rolling list: the pipeline list's own, with what the city confirmed and since when nothing moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from crm.batches.queries.entries import Held, held_of, of_batch
from crm.batches.rules.rolling import Batch, is_idle
from crm.core import clock
from crm.core.db import db, one_of
from crm.leads.models import Lead
from crm.leads.queries import listing
from crm.leads.queries.rows import Row, rows_of
from crm.leads.rules.listing import Question
from crm.pipeline.queries import Nearest, nearest_of
from crm.pipeline.rules import Kind
from crm.policy.rules import Actor


@dataclass(frozen=True, slots=True)
class Listed:
    """A row; the day its batch's milestone was reported for and the day it was confirmed; the contract sum that the city
    confirmed (cents); whether what it has is a framework agreement; when there was progress last, when that is too long ago;
    the next expected milestone.
    """

    row: Row
    reported_on: date | None = None
    confirmed_on: date | None = None
    confirmed_usd: int | None = None
    framework: bool = False
    idle: bool = False
    progress_on: date | None = None
    near: Nearest | None = None


def page_of(question: Question, actor: Actor, *, idle_days: int) -> list[Listed]:
    """A page of the list, each row cut for the reader."""
    rows = rows_of(listing.page_ids(question, actor), actor)
    held = held_of(rows)
    query = select(Lead.id, Lead.last_progress_on, Lead.registered_at, Lead.less_usd).where(one_of(Lead.id, rows))
    moved = {row.id: row for row in db.session.execute(query)}
    return [_listed(row, held.get(id_, {}), moved[id_], idle_days) for id_, row in rows.items()]


def _listed(row: Row, held: Mapping[Kind, Held], moved: Any, idle_days: int) -> Listed:
    if row.masked:
        return Listed(row)
    reported, confirmed, usd = of_batch(Batch(row.stage), held, moved.less_usd)
    last, registered = moved.last_progress_on, clock.city_day(moved.registered_at)
    idle = row.detail and is_idle(last, registered, days=idle_days, today=clock.today())
    framework = Kind.FRAMEWORK in held and Kind.CONTRACT_SIGNED not in held
    return Listed(
        row,
        reported,
        confirmed,
        usd if row.amounts else None,
        framework,
        idle,
        last if row.detail else None,
        nearest_of(row, clock.today()),
    )

"""/batches: the rolling list of the three batches."""

from dataclasses import dataclass

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.batches.forms import Filters, batch_from, filters_from, window_from
from crm.batches.queries import conversion, editions, latest, sums
from crm.batches.queries.sums import Numbers
from crm.batches.rules.rolling import BATCHES, Batch, Cell, Conversion, Window, converted, window_of
from crm.batches.views.blueprint import bp, names
from crm.core import clock
from crm.events import queries as events
from crm.events.models import Event
from crm.events.words import days_of
from crm.leads.rules.lead import Stage
from crm.leads.rules.listing import Question, Scope, Sort
from crm.leads.rules.telling import Told
from crm.leads.words import phase_name
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.units import queries as units
from crm.web.guards import allowed, current_actor
from crm.web.links import link_to

MOST_EVENTS = 30


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event, and what of the projects signed at it began; None: those of the period that were signed at none."""

    event: Event | None
    turned: Conversion


@dataclass(frozen=True, slots=True)
class Line:
    """A district or cluster of the tables below the list: its batches, and what of its signed projects began."""

    id: int | None
    batches: dict[Batch, Told[Cell]]
    turned: Conversion


@bp.get("/")
@allowed("edition", "list")
def index() -> ResponseReturnValue:
    """The list: one batch's rows, all batches' numbers, conversion by district, cluster and event."""
    actor, filters, batch, window = (
        current_actor(),
        filters_from(request.args),
        batch_from(request.args),
        window_from(request.args),
    )
    idle_days, seconds = current_app.config["IDLE_DAYS"], current_app.config["BOARD_SECONDS"]
    asked = sums.Asked(filters.unit_path, filters.cluster_id)
    numbers = sums.numbers_for(actor, asked, idle_days=idle_days, keep_seconds=seconds)
    turned = conversion.conversions_for(actor, window, keep_seconds=seconds)
    idle = request.args.get("idle") == "yes"
    rows = latest.page_of(_question(batch, filters, idle=idle, idle_days=idle_days), actor, idle_days=idle_days)
    shown = numbers.batches[batch].idle if idle else numbers.batches[batch].count
    return render_template(
        "batches/index.html", phase_name=phase_name, rows=rows, batch=batch,
        batches=BATCHES, numbers=numbers, filters=filters, idle=idle, shown=shown,
        idle_days=idle_days, window=window, windows=list(Window), span=window_of(window, clock.today()),
        link=link_to("batches.index"), districts=_districts(numbers, turned, filters),
        clusters=_clusters(numbers, turned, filters), events=_events(turned, filters), days_of=days_of,
        exact=policy.may(actor, "board", "read_exact"), last=editions.latest_of(current_app.config["CITY_CODE"]),
        lead_at=url_for("desk.lead", public_id="~").removesuffix("~"), more=filters.page * filters.size < shown, **names(),
        operating=_operating(actor, filters),
    )  # fmt: skip


def _question(batch: Batch, filters: Filters, *, idle: bool, idle_days: int) -> Question:
    """The list's question: what stands on it, the newest in their batch first, without progress the oldest first."""
    return Question(
        stage=Stage(batch), scope=Scope.CITY, unit_id=filters.unit_id, cluster_id=filters.cluster_id or None, primary=True,
        untagged=filters.cluster_id == 0, idle=idle_days if idle else None, rolling=True, sort=Sort.STAGE_DAYS, descending=idle,
        page=filters.page, size=filters.size,
    )  # fmt: skip


def _operating(actor: Actor, filters: Filters) -> str:
    """The pipeline list of what left the batches with success."""
    more = {"unit": filters.unit_id} if filters.unit_id else {}
    return url_for("desk.pipeline", stage="operating", scope="city", admitted="yes", **more)


def _districts(numbers: Numbers, turned: conversion.Conversions, filters: Filters) -> list[Line]:
    """One line an area that has anything, in their usual order; what no area follows last."""
    by_area: dict[int | None, list[Conversion]] = {}
    for unit, one in turned.of_units(filters.cluster_id).items():
        by_area.setdefault(numbers.area_of[unit], []).append(one)
    there = numbers.areas.keys() | by_area.keys()
    nothing = {batch: Told(Cell(), True) for batch in BATCHES}
    order = [unit for unit, area in numbers.area_of.items() if unit == area and unit in there] + ([None] if None in there else [])
    return [Line(area, numbers.areas.get(area, nothing), converted(by_area.get(area, ()))) for area in order]


def _clusters(numbers: Numbers, turned: conversion.Conversions, filters: Filters) -> list[Line]:
    """One line a cluster that has anything, the fullest first; what bears no tag last."""
    here = units.under(filters.unit_path) if filters.unit_path else None
    by_cluster = turned.of_clusters(here)
    lines = []
    for key in numbers.clusters.keys() | by_cluster.keys():
        cells = numbers.clusters.get(key, {})
        told = {batch: Told(cells.get(batch, Cell()), True) for batch in BATCHES}
        lines.append(Line(key, told, by_cluster.get(key, Conversion())))
    return sorted(lines, key=lambda line: (line.id == 0, -sum(one.cell.count for one in line.batches.values())))


def _events(turned: conversion.Conversions, filters: Filters) -> list[EventLine]:
    """One line an event at which something of the period was signed, the newest first; what was signed at none last."""
    here = units.under(filters.unit_path) if filters.unit_path else None
    by_event = turned.of_events(here, filters.cluster_id)
    named = events.labels([key for key in by_event if key])
    newest = sorted(named.values(), key=lambda event: (event.first_on, event.id), reverse=True)[:MOST_EVENTS]
    lines = [EventLine(event, by_event[event.id]) for event in newest]
    return [*lines, EventLine(None, by_event[0])] if lines and 0 in by_event else lines

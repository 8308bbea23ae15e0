"""看板: the list as columns, one a stage; the cards behind, and what the columns hold, as parts of that page."""

from collections.abc import Iterable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from crm.core import clock
from crm.desk.views import asking
from crm.desk.views.blueprint import bp
from crm.leads.queries import listing
from crm.leads.rules.lead import STAGES, Stage
from crm.leads.rules.listing import together
from crm.leads.words import phase_name
from crm.pipeline.queries import confirmed_beside, kanban
from crm.web.guards import allowed, current_actor
from crm.web.links import link_to


@bp.get("/leads/board")
@allowed("lead", "list")
def board() -> ResponseReturnValue:
    """The first cards of every stage under the list's question; what the columns hold comes right after."""
    question = asking.question().on(page=1, group=None)
    columns = kanban.columns_of(question, current_actor())
    return render_template(
        "desk/kanban.html", columns=columns, question=question, now=clock.now(), link=link_to("desk.board"),
        carded=link_to("desk.board"), bar_at="desk.board", held_at=asking.here("desk.held"), **_cards(columns),
        **asking.views_of("board"), **asking.filter_names(),
    )  # fmt: skip


@bp.get("/leads/board/column")
@allowed("lead", "list")
def column() -> ResponseReturnValue:
    """The next cards of one column."""
    question, stage = asking.question().on(group=None), _stage()
    found = kanban.column_of(question, stage, current_actor())
    return render_template("desk/_cards.html", column=found, question=question, **_cards([found]))


@bp.get("/leads/board/held")
@allowed("lead", "list")
def held() -> ResponseReturnValue:
    """What every column holds: how many, the sums, the days on the average."""
    question = asking.question().on(group=None)
    found = listing.held_by_stage(question, current_actor())
    totals = together(one.totals for one in found.values())
    return render_template("desk/_held.html", held=found, totals=totals, listed=link_to("desk.pipeline"))


def _stage() -> Stage:
    value = request.args.get("stage", "")
    return Stage(value) if value in set(Stage) else STAGES[0]


def _cards(columns: Iterable[kanban.Column]) -> dict[str, Any]:
    """What a card's template asks for besides the cards; `sure` of the cards of all columns at once."""
    rows = [card.row for column in columns for card in column.cards]
    return {
        "sure": confirmed_beside(rows),
        "phase_name": phase_name, "lead_at": asking.prefix("desk.lead"), "move_at": asking.prefix("pipeline.move"),
        "more": link_to("desk.column"), "listed": link_to("desk.pipeline"),
    }  # fmt: skip

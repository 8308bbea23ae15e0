"""资金: 到资 and 实际使用外资 by company and month, and the lines behind every figure."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core import clock
from crm.money import queries
from crm.money.rules import Question, question_of
from crm.money.views.blueprint import bp
from crm.units import queries as units
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang

_KEPT = ("unit", "district", "differs")


def _question() -> Question:
    return question_of(request.args, today=clock.today())


def _address(question: Question, endpoint: str) -> Callable[..., str]:
    """Gives the page's address with some of the question changed (None takes one out), and back at the first page."""
    asked: dict[str, Any] = {"from": f"{question.first:%Y-%m}", "to": f"{question.last:%Y-%m}"}
    asked |= {name: request.args[name] for name in _KEPT if request.args.get(name)}
    asked |= {"by": question.by} if question.by != "month" else {}

    def link(**changed: Any) -> str:
        names = {name.rstrip("_"): value for name, value in changed.items()}  # from_: a word of the language
        pairs = {name: value for name, value in (asked | names).items() if value not in (None, "")}
        return f"{url_for(endpoint)}?{urlencode(pairs)}"

    return link


@bp.get("/money")
@allowed("receipt", "list")
def index() -> ResponseReturnValue:
    """Both figures side by side, each totalled alone."""
    question, actor, lang = _question(), current_actor(), html_lang()
    working = [unit for unit in units.labels().values() if not unit.retired]
    facts: dict[str, Any] = (
        {"rows": queries.split_of(question, actor)} if question.split else {"page": queries.page_of(question, actor)}
    )
    return render_template(
        "money/split.html" if question.split else "money/index.html", question=question, link=_address(question, "money.index"),
        lines=_address(question, "money.lines"), units=[(unit.id, unit.short(lang)) for unit in working],
        areas=[(unit.id, unit.short(lang)) for unit in working if unit.is_area], **facts,
    )  # fmt: skip


@bp.get("/money/lines")
@allowed("receipt", "list")
def lines() -> ResponseReturnValue:
    """What a figure is made of."""
    question, args = _question(), request.args
    country = args["country"][:2].removeprefix("-") if "country" in args and question.split else None
    code = args.get("code", "")[:18]
    found = queries.opened(question, current_actor(), company=args.get("company", "")[:22], code=code, country=country)
    return render_template(
        "money/lines.html", question=question, found=found, back=_address(question, "money.index"), code=code, country=country
    )

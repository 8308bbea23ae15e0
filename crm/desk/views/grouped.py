"""分组小计: the list added up by unit, cluster, country or stage, as a part of its page."""

from collections.abc import Callable
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.core.regions import region_name
from crm.desk.views import asking
from crm.desk.views.blueprint import bp
from crm.leads.queries import listing
from crm.leads.rules.listing import Grouped, Question, together
from crm.units import queries as units
from crm.web.guards import allowed, current_actor
from crm.web.links import link_to
from crm.web.locale import html_lang
from crm.web.words import word

SHOWN = 12  # groups that stand open; the others are behind a fold


@bp.get("/leads/groups")
@allowed("lead", "list")
def groups() -> ResponseReturnValue:
    """The groups with their sums; each opens its part of the list."""
    question = asking.question()
    found = listing.groups_of(question, current_actor())
    named = _named(question.group)
    rows = [(named(group.key), _inside(question, group.key), group.totals) for group in found]
    totals = together(group.totals for group in found)
    return render_template(
        "desk/_groups.html", question=question, rows=rows, totals=totals, shown=SHOWN, link=link_to("desk.pipeline")
    )


def _named(by: Grouped | None) -> Callable[[Any], str]:
    lang = html_lang()
    if by is Grouped.UNIT:
        unit_of = units.labels()
        return lambda key: unit_of[key].name(lang)
    if by is Grouped.CLUSTER:
        cluster_of = clusters.labels()
        return lambda key: cluster_of[key].name(lang) if key is not None else _("未标注")
    if by is Grouped.COUNTRY:
        return lambda key: region_name(key, lang) if key is not None else _("未填")
    return lambda key: word("stage", key)


def _inside(question: Question, key: Any) -> dict[str, Any] | None:
    """What the list's address gets so that it holds one group and nothing else; None where no address says that."""
    if question.group is Grouped.UNIT:
        return {"unit": key, "unit_only": "yes", "group": None}
    if question.group is Grouped.STAGE:
        return {"stage": key, "group": None}
    if question.group is Grouped.COUNTRY:
        return {"country": key, "group": None} if key is not None else None
    if question.cluster_id is not None and not question.primary:
        return None  # the address names one cluster only, and it names one already
    return {"cluster": "none" if key is None else key, "primary": None if key is None else "yes", "group": None}

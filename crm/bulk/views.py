"""A bulk run's page: what will be done and what is skipped and why, how far it is, what came of it; doing it, taking it back."""

from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.bulk import queries, services
from crm.bulk.models import BulkRun
from crm.bulk.rules import UNDOABLE, Act, ItemState, RunState, Wanted
from crm.bulk.words import why_text
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.units import queries as units
from crm.web import fmt, refusals
from crm.web.acts import act
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go
from crm.web.words import word

bp = Blueprint("bulk", __name__, url_prefix="/bulk")


@bp.get("/<string:public_id>")
@allowed("bulk", "read")
def show(public_id: str) -> ResponseReturnValue:
    """One run, in whatever state it is; while it runs only its progress is asked again."""
    actor = current_actor()
    run = queries.visible_run(public_id, actor=actor)
    if request.headers.get("HX-Request"):
        over = run.state == RunState.DONE
        return go("bulk.show", public_id=public_id) if over else render_template("bulk/_running.html", run=run)
    lines = queries.lines_of(run, actor)
    return render_template(
        "bulk/show.html", run=run, does=_said(run), why_text=why_text, undone_by=queries.counter_run(run),
        undoable=run.state == RunState.DONE and Act(run.act) in UNDOABLE and run.undoes_id is None,
        waiting=[line for line in lines if line.item.state == ItemState.WAITING],
        done=[line for line in lines if line.item.state == ItemState.DONE],
        skipped=[line for line in lines if line.item.state == ItemState.SKIPPED],
    )  # fmt: skip


@bp.post("/<string:public_id>/begin")
@allowed("bulk", "start")
def begin(public_id: str) -> ResponseReturnValue:
    """Do what was seen."""
    actor, now = current_actor(), clock.now()
    return act(lambda: services.begin_run(public_id, actor=actor, now=now), _("批量操作已提交"), "bulk.show", public_id=public_id)


@bp.post("/<string:public_id>/undo")
@allowed("bulk", "start")
def undo(public_id: str) -> ResponseReturnValue:
    """Prepare the counter-act, to be seen like any other."""
    actor, now = current_actor(), clock.now()
    try:
        with unit_of_work():
            made = services.undo_run(public_id, actor=actor, now=now).public_id
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        flash(refusals.sentence(refusal), "soon")
        return go("bulk.show", public_id=public_id)
    return go("bulk.show", public_id=made)


def _said(run: BulkRun) -> list[tuple[str, str]]:
    """What is wanted, as names and values."""
    wanted, lang = Wanted.from_json(run.wanted), html_lang()
    if run.undoes_id is not None:
        return [(word("bulk_act", run.act), _("恢复为批量操作之前的值"))]
    said: list[tuple[str, Any]] = []
    if run.act == Act.OWNER:
        person = accounts.by_id(wanted.owner_id or 0)
        said = [(_("新的负责人"), f"{person.name}　{person.unit.name(lang)}" if person else "—")]
    elif run.act == Act.CLUSTER:
        said = [(_("产业集群"), _("、").join(clusters.labels()[id_].name(lang) for id_ in wanted.cluster_ids))]
    elif run.act == Act.NEXT:
        said = [(_("下一步"), wanted.step), (_("完成日期"), fmt.day(wanted.due_on) if wanted.due_on else "—")]
    else:
        said = [(_("共享给"), units.labels()[wanted.unit_id or 0].name(lang)), (_("角色"), word("share_role", wanted.role)),
                (_("范围"), word("share_tier", wanted.tier)), (_("权限"), word("share_level", wanted.level)),
                (_("至哪一天"), fmt.day(wanted.until))]  # fmt: skip
    return said

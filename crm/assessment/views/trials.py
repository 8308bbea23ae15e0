"""试算: a formula file on past periods, beside a recorded run or another version; nothing is kept."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.assessment import services
from crm.assessment.forms import TryForm
from crm.assessment.queries import runs as reads
from crm.assessment.queries.beside import RUN, SCHEME, Beside, Trial
from crm.assessment.queries.computing import Computed
from crm.assessment.rules.comparing import ADJUSTMENT, Part
from crm.assessment.rules.measures import measures
from crm.assessment.rules.schemes import Rule, Scheme
from crm.assessment.rules.scoring import Line, placed_in_groups
from crm.assessment.rules.writing import exact, points
from crm.assessment.views import shown
from crm.assessment.views.blueprint import bp
from crm.assessment.views.schemes import text_of, why
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.policy.rules import Actor
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.words import word


@bp.get("/try")
@allowed("score", "try")
def try_page() -> ResponseReturnValue:
    """The form for a trial; `?from=` starts with the text of a scheme, `?beside=` with what to compare with."""
    form = _offered(current_actor())
    if given := request.args.get("from"):
        form.text.data = reads.scheme(given).text
    form.beside.data = request.args.get("beside", "")
    form.periods.data = request.args.get("periods", "")[:60]
    return _trial(form, "", [], [])


@bp.post("/try")
@allowed("score", "try")
def try_now() -> ResponseReturnValue:
    """Compute and show; nothing is kept but a line in the audit trail."""
    actor, now = current_actor(), clock.now()
    form = _offered(actor)
    valid, text = form.validate(), text_of(form)
    if not valid or text is None:
        return _trial(form, "", [], []), 422
    try:
        with unit_of_work():
            beside = form.beside.data or ""
            found = services.try_scheme(text, form.periods.data or "", beside=beside, actor=actor, now=now)
            tables = [_table(one) for one in found]
    except Refusal as refusal:
        message, faults, status = why(refusal, text)
        return _trial(form, message, faults, []), status
    return _trial(form, "", [], tables)


def _offered(actor: Actor) -> TryForm:
    lang = html_lang()
    runs = [
        (f"{RUN}:{run.public_id}", _("%(period)s 得分（%(state)s，版本 %(version)s）", period=run.period,
                                      state=word("run_state", run.state), version=f"{run.code} {run.scheme.version}"))
        for run in reads.runs(actor) if reads.reads_all(run, actor)
    ]  # fmt: skip
    schemes = [
        (f"{SCHEME}:{row.public_id}", _("%(name)s，版本 %(version)s", name=reads.named(row, lang), version=row.version))
        for row in reads.schemes()
    ]
    return TryForm().offer([*runs, *schemes])


def _trial(form: TryForm, message: str, faults: Sequence[Any], tables: Sequence[Any]) -> str:
    return render_template(
        "assessment/try.html", form=form, message=message, faults=faults, tables=tables,
        names=list(measures().values()), by=current_actor().name, now=clock.now(),
    )  # fmt: skip


def _table(trial: Trial) -> dict[str, Any]:
    """What a trial shows of a period: each unit with its place, its lines and its score; what is apart from the other."""
    found, lang = trial.made, html_lang()
    scheme, places, totals = found.scheme, found.places, found.totals
    groups = {unit.id: scheme.group_of(unit.code) for unit in found.units}
    inside = placed_in_groups(totals, found.group_of)
    order = {code: number for number, one in enumerate(scheme.groups) for code in one.units} if scheme.apart else {}
    rows = [
        {
            "place": places[unit.id], "name": unit.short(lang), "lines": shown.lines_of(scheme, found.lines[unit.id]),
            "total": shown.total_of(totals[unit.id], scheme), "group": group.called(lang) if group else "",
            "group_place": inside.get(unit.id),
        }
        for unit in sorted(found.units, key=lambda unit: (order.get(unit.code, 0), places[unit.id], unit.id))
        for group in (groups[unit.id],)
    ]  # fmt: skip
    return {
        "period": found.period.code, "rows": rows, "name": scheme.called(lang), "version": scheme.version,
        "among": shown.among_in_words(scheme, apart=scheme.apart) if scheme.groups else "",
        "beside": _said(trial.beside), "pairs": _pairs(trial, found),
    }  # fmt: skip


def _said(beside: Beside | None) -> str:
    """What stands on the other side."""
    if beside is None:
        return ""
    name = reads.named(beside.scheme, html_lang())
    if beside.run is None:
        return _("%(name)s 版本 %(version)s 的试算", name=name, version=beside.scheme.version)
    state = word("run_state", beside.run.state)
    return _("%(name)s 版本 %(version)s 的得分（%(state)s）", name=name, version=beside.scheme.version, state=state)


def _pairs(trial: Trial, found: Computed) -> list[dict[str, Any]]:
    if trial.beside is None:
        return []
    here, there = found.scheme, reads.read(trial.beside.scheme)
    names = reads.unit_names({pair.unit for pair in trial.pairs})
    places = max(here.places, there.places)
    return [
        {
            "name": names[pair.unit].short(html_lang()), "pair": pair, "here": _points(pair.here, here.places),
            "there": _points(pair.there, there.places), "apart": shown.apart(pair.apart, places),
            "parts": [_part(part, here, there, places) for part in pair.parts],
        }
        for pair in trial.pairs
    ]  # fmt: skip


def _points(value: int | None, places: int) -> str:
    return "—" if value is None else points(value, places)


def _part(part: Part, here: Scheme, there: Scheme, places: int) -> dict[str, str]:
    """One difference in words: how much, why, and what the two counted."""
    rules = {rule.id: rule for scheme in (there, here) for rule in scheme.rules}
    rule: Rule | None = rules.get(part.rule)
    name = _("往期更正") if part.rule == ADJUSTMENT or rule is None else rule.called(html_lang())
    reasons = (", " if html_lang() == "en" else "、").join(str(word("score_why", one)) for one in part.why)
    return {"name": name, "apart": shown.apart(part.apart, places), "why": reasons, "counted": _counted(part)}


def _counted(part: Part) -> str:
    """Count and reference there → here, where they differ."""
    if part.here is None or part.there is None:
        return ""
    said = []
    for label, name in ((_("原值"), "raw"), (_("对照"), "reference")):
        was, now = (_exact(line, name) for line in (part.there, part.here))
        if was != now:
            said.append(f"{label} {was} → {now}")
    return (", " if html_lang() == "en" else "，").join(said)


def _exact(line: Line, name: str) -> str:
    return exact(getattr(line, name)) or "—"

"""得分: a run with everybody's points, one unit's arithmetic, what stands behind a line, publishing, the workbook."""

from fractions import Fraction
from typing import Any

from flask import current_app, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.assessment import services
from crm.assessment.forms import ObjectionForm, PublishForm, RecomputeForm
from crm.assessment.models import ScoreLine, ScoreRun
from crm.assessment.queries import runs as reads
from crm.assessment.rules.measures import measures
from crm.assessment.rules.refusals import ObjectionClosed
from crm.assessment.rules.runs import check_objection
from crm.assessment.rules.schemes import Group, Scheme
from crm.assessment.rules.writing import exact, restored
from crm.assessment.views import shown
from crm.assessment.views.blueprint import bp
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Forbidden, NotFound
from crm.exchange import sheets as workbooks
from crm.policy import rules as policy
from crm.policy.rules import Actor
from crm.web import fmt
from crm.web.acts import act_on
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.words import word

_WAN = 1_000_000  # cents


@bp.get("/runs/<string:public_id>")
@allowed("score", "read")
def run(public_id: str) -> ResponseReturnValue:
    """Points of every unit that may be read, by indicator."""
    actor = current_actor()
    found = reads.run(public_id, actor)
    scheme = reads.read(found.scheme)
    sheets = reads.sheets(found, actor)
    lang = html_lang()
    rows = [(sheet, shown.lines_of(scheme, sheet.lines), shown.total_of(sheet.points, scheme)) for sheet in sheets]
    return render_template(
        "assessment/run.html", run=found, scheme=scheme, groups=_grouped(scheme, rows),
        rules=[rule.called(lang) for rule in scheme.rules],
        adjusted=any(line.adjusts for _sheet, lines, _total in rows for line in lines), everything=reads.reads_all(found, actor),
        elsewhere=_elsewhere(found), publish=PublishForm(formdata=None, version=found.version),
        again=RecomputeForm(formdata=None), over=clock.today() > found.last_on, full=exact(scheme.full), own=actor.unit_id,
        apart=reads.apart(found), among=shown.among_in_words(scheme, apart=reads.apart(found)) if scheme.groups else "",
    )  # fmt: skip


def _grouped(scheme: Scheme, rows: list[Any]) -> list[tuple[Group | None, list[Any]]]:
    """The rows by group, as the file orders the groups; all together where there are none."""
    if not scheme.groups:
        return [(None, rows)]
    found = [(group, [row for row in rows if row[0].group == group]) for group in scheme.groups]
    return [(group, inside) for group, inside in found if inside]


def _elsewhere(found: ScoreRun) -> list[tuple[str, str]]:
    """What was credited to nobody who is scored, in words."""
    lang = html_lang()
    return [
        (measures()[measure].name(lang), shown.in_unit(restored(value) or Fraction(0), measures()[measure].unit))
        for measure, value in found.summary.get("elsewhere", {}).items()
    ]


@bp.get("/runs/<string:public_id>/sheet")
@allowed("score", "read")
def sheet(public_id: str) -> ResponseReturnValue:
    """One unit's arithmetic, line by line; without `?unit=` one's own, else the first."""
    actor = current_actor()
    found = reads.run(public_id, actor)
    there = reads.sheets(found, actor)
    asked = request.args.get("unit", "")
    one = next((row for row in there if row.unit.code == asked), None)
    if asked and one is None:
        raise NotFound
    one = one or next((row for row in there if row.unit.id == actor.unit_id), there[0])
    scheme = reads.read(found.scheme)
    return render_template(
        "assessment/sheet.html", run=found, scheme=scheme, one=one, lines=shown.lines_of(scheme, one.lines), there=there,
        total=shown.total_of(one.points, scheme), full=exact(scheme.full),
    )  # fmt: skip


@bp.get("/lines/<string:public_id>")
@allowed("score", "read")
def line(public_id: str) -> ResponseReturnValue:
    """What stands behind a line, and the objections to it."""
    return render_template("assessment/line.html", form=ObjectionForm(formdata=None), message="", **of_line(public_id))


def of_line(public_id: str) -> dict[str, Any]:
    """The facts of a line's page."""
    actor = current_actor()
    found = reads.line(public_id, actor)
    scheme = reads.read(found.run.scheme)
    rule = next((one for one in scheme.rules if one.id == found.rule), None)
    asked = rule.count.measures() if rule and found.kind != "adjustment" else frozenset()
    opened = reads.opened(found, frozenset(asked), actor)
    objections = [one for one in reads.objections_of(found.id) if reads.reads_objection(one, actor)]
    return {
        "line": found, "run": found.run, "said": shown.lines_of(scheme, [found])[0], "opened": opened,
        "before_line": reads.of_year_before(found, actor), "lang_": html_lang(),
        "units": reads.unit_names({row.source.credited_unit_id for row in opened.facts}), "value_of": _value_of,
        "measure_of": lambda code: measures()[code].name(html_lang()), "objections": objections,
        "unnamed": [(measures()[key].name(html_lang()), _amount(key, value)) for key, value in sorted(opened.hidden_sum.items())],
        "may_object": _may_object(found, actor) and not any(one.state == "open" for one in objections),
        "plain": sorted(measures()[key].name(html_lang()) for key in asked if measures()[key].credit is None),
        "points_of": lambda value: shown.total_of(value, scheme),
    }  # fmt: skip


def _may_object(found: ScoreLine, actor: Actor) -> bool:
    try:
        services.check_right(found, actor)
        check_objection(found.run.object_until, clock.today())
    except (Forbidden, NotFound, ObjectionClosed):
        return False
    return True


def _amount(measure: str, value: Fraction) -> str:
    money = measures()[measure].unit == "wan_usd"
    return (
        shown.in_unit(value / _WAN, measures()[measure].unit, places=2)
        if money
        else shown.in_unit(value, measures()[measure].unit)
    )


def _value_of(measure: str, value: int, parts: int = 10_000) -> str:
    """A fact's value, or a unit's part of it, in the measure's unit."""
    return _amount(measure, Fraction(value * parts, 10_000))


@bp.post("/runs/<string:public_id>/recompute")
@allowed("score", "compute")
def recompute(public_id: str) -> ResponseReturnValue:
    """Score it again."""
    form, actor, now = RecomputeForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: reads.run(public_id, actor), lambda: services.recompute_run(public_id, actor=actor, now=now), _("已重算"),
        "assessment.run", public_id=public_id,
    )  # fmt: skip


@bp.post("/runs/<string:public_id>/publish")
@allowed("score", "publish")
def publish(public_id: str) -> ResponseReturnValue:
    """Ask first: what is published, and that it stays. Then freeze it."""
    form, actor, now = PublishForm(), current_actor(), clock.now()
    if not form.sure.data and form.validate():
        found = reads.run(public_id, actor)
        policy.require(policy.of_role(actor), "score", "publish", seen_by="read")
        if found.state == "provisional" and found.version == form.version.data:
            scheme = reads.read(found.scheme)
            return render_template(
                "assessment/publish.html", run=found, scheme=scheme, form=form, full=exact(scheme.full),
                rows=[(sheet, shown.total_of(sheet.points, scheme)) for sheet in reads.sheets(found, actor)],
            )  # fmt: skip

    def do() -> None:
        services.publish_run(public_id, form.version.data or 0, actor=actor, now=now)

    return act_on(
        form,
        lambda: reads.run(public_id, actor),
        do,
        _("已公布，各单位可以查看，异议期开始"),
        "assessment.run",
        public_id=public_id,
    )


@bp.get("/runs/<string:public_id>/scores.xlsx")
@allowed("score", "export")
def workbook(public_id: str) -> ResponseReturnValue:
    """One row a line, so that the sums can be checked; a row for each score."""
    actor = current_actor()
    found = reads.run(public_id, actor)
    scheme, there, lang = reads.read(found.scheme), reads.sheets(found, actor), html_lang()
    headings = [
        _("位次"), _("单位"), _("类别"), _("指标"), _("计数"), _("原值"), _("对照"), _("完成率"),
        _("上限"), _("计分率"), _("权重"), _("得分"), _("说明"), _("上年同期"), _("同比"), _("组别"), _("组内位次"),
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for one in there:
        for said in shown.lines_of(scheme, one.lines):
            rows.append([
                one.place, one.unit.name(lang), word("score_kind", said.kind), said.name, said.formula, said.raw,
                said.reference, said.rate, said.cap, said.used, said.weight, said.points, said.note,
                said.before, said.growth, *_grouped_in(one),
            ])  # fmt: skip
        total = shown.total_of(one.points, scheme)
        rows.append([one.place, one.unit.name(lang), _("合计"), *[""] * 8, total, "", "", "", *_grouped_in(one)])
    name = f"{scheme.called(lang)}-{found.period}.xlsx".replace("/", "-")
    with unit_of_work():
        again = reads.run(public_id, actor)
        city = current_app.config["CITY_CODE"]
        serial = services.note_export(again, len(rows), city=city, actor=actor, now=clock.now())
    book = workbooks.write_workbook(
        _("考核得分"), headings, rows, notes=_notes(reads.run(public_id, actor), scheme, serial, actor)
    )
    return send_file(book, as_attachment=True, download_name=name, mimetype=workbooks.XLSX)


def _grouped_in(one: reads.Sheet) -> tuple[str, int | None]:
    return one.group.called(html_lang()) if one.group else "", one.group_place


def _notes(found: ScoreRun, scheme: Scheme, serial: str, actor: Actor) -> list[str]:
    unit, when = current_user.unit.name(html_lang()), fmt.stamp(clock.now())
    state = word("run_state", found.state)
    head = _("%(name)s　%(period)s　版本 %(version)s　%(state)s", name=scheme.called(html_lang()), period=found.period,
             version=scheme.version, state=state)  # fmt: skip
    notes = [
        head, _("本系统为非涉密系统，严禁存储、处理、传输国家秘密"),
        _("编号 %(serial)s　%(unit)s %(name)s 导出　%(when)s", serial=serial, unit=unit, name=actor.name, when=when),
        rounding(scheme), *([shown.among_in_words(scheme, apart=reads.apart(found))] if scheme.groups else []),
    ]  # fmt: skip
    return [*notes, _("示例方案：%(source)s", source=scheme.noted(html_lang()))] if scheme.example else notes


def rounding(scheme: Scheme) -> str:
    """The one rule of rounding."""
    return _("各步按分数精确计算，只在每项得分处四舍五入到 %(n)s 位小数；总分为各项得分之和", n=scheme.places)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"score_rounding": rounding}

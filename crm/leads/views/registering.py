"""Registering a lead: the page, the strip while one types, what a pasted text proposes."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.clusters import queries as clusters
from crm.clusters import rules as cluster_rules
from crm.companies import queries as companies
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.text import has_letters
from crm.files import services as files
from crm.files.forms import read_uploads
from crm.leads import services
from crm.leads.forms import (
    LeadForm,
    PasteForm,
    decisions_from,
)
from crm.leads.queries import hits as hit_queries
from crm.leads.rules import paste
from crm.leads.rules.lead import Decisions, LikelyDuplicate, ReasonNeeded
from crm.leads.views.blueprint import bp
from crm.matching.words import reason_text
from crm.policy import rules as policy
from crm.readings import services as readings
from crm.units import queries as units
from crm.web import refusals
from crm.web.guards import allowed, current_actor


def _check_deadline() -> float:
    """Until when a check may keep somebody."""
    return clock.deadline_in(current_app.config["CHECK_SECONDS"])


def _hits(form: LeadForm) -> hit_queries.Hits:
    if form.disclosed.data == "no":
        return hit_queries.Hits()
    subject = hit_queries.subject_of(form.to_subject_lead())
    return hit_queries.hits_for(subject, actor=current_actor(), deadline=_check_deadline())


def _new_page(form: LeadForm, status: int = 200, message: str = "") -> ResponseReturnValue:
    hits = _hits(form) if form.investor.data else hit_queries.Hits()
    choices = decisions_from(request.form) if request.method == "POST" else Decisions()
    form.offer_events(clock.today())
    page = render_template(
        "leads/new.html", form=form, paste_form=PasteForm(formdata=None), hits=hits, base_size=companies.count, choices=choices,
        message=message,
        typed=form.investor.data or "", reason_text=reason_text, suggestions=cluster_rules.suggest(form.title.data or ""),
    )  # fmt: skip
    _note_probes(hits, form.investor.data or "")
    return page, status


def _note_probes(hits: hit_queries.Hits, typed: str) -> None:
    """Somebody asked about what they may not see; after the page is drawn, for it ends what was read for it."""
    if hits.masked:
        lead_ids = [lead.id for lead in hits.hidden_leads]
        with unit_of_work():
            readings.note_probes(lead_ids, typed, actor=current_actor(), now=clock.now())


@bp.get("/new")
@allowed("lead", "log")
def new() -> ResponseReturnValue:
    """The registration page."""
    return _new_page(LeadForm())


@bp.post("/new")
@allowed("lead", "log")
def create() -> ResponseReturnValue:
    """Register; or the same page with what was typed, and what is still to be decided on top."""
    form, actor = LeadForm().offer_events(clock.today()), current_actor()
    valid = form.validate()
    uploads = read_uploads(form.evidence)
    if not valid or form.evidence.errors:
        return _new_page(form, 422)
    new_lead, decisions, now = form.to_new_lead(), decisions_from(request.form), clock.now()
    try:
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope="leads.create", body=form.once_body(), now=now)
            unit = units.by_id(actor.unit_id)
            logged = services.log_lead(
                new_lead,
                decisions,
                unit=unit,
                city=current_app.config["CITY_CODE"],
                actor=actor,
                now=now,
                deadline=_check_deadline(),
            )
            readings.settle_probes(new_lead.investor or "", logged.lead.id, actor=actor, now=now)
            own = logged.second_report is None
            for name, content in uploads if own else []:
                files.store_file(
                    content, name, purpose="evidence", root=current_app.config["FILES_PATH"], actor=actor, now=now,
                    lead_id=logged.lead.id, evidence_type=form.evidence_type.data,
                )  # fmt: skip
            seen = policy.can(policy.towards_lead(actor, logged.lead), "lead", "read_detail")
            target = url_for("desk.lead", public_id=logged.lead.public_id) if seen else url_for("desk.home")
            key.answer = target
    except (LikelyDuplicate, ReasonNeeded) as refusal:
        return _new_page(form, 409, refusals.sentence(refusal))
    except Refusal as refusal:
        if refusal.status == 409:
            raise
        return _new_page(form, 422, refusals.sentence(refusal))
    flash(_("已登记：%(number)s", number=logged.lead.number) if own else _("已记为第二次登记，登记时间已保存"), "done")
    if own and logged.lead.unchecked_since is not None:
        flash(_("比对尚未完成，已标为待比对；全库比对后有结果会出现在疑似重复"), "soon")
    return redirect(target, 303)


@bp.post("/matches")
@allowed("lead", "log")
def matches() -> ResponseReturnValue:
    """The strip, while somebody types. A post, so that names stay out of access logs."""
    form = LeadForm()
    typed = form.investor.data or ""
    cjk = sum(1 for c in typed if ord(c) > 0x2E80)
    hits = None if cjk < 2 and len(typed) < 3 else _hits(form)
    if not has_letters(typed):
        typed = ""  # no letter, no name: nothing was compared, so it is not called new
    strip = render_template(
        "leads/_strip.html", hits=hits, base_size=companies.count, choices=decisions_from(request.form), typed=typed,
        reason_text=reason_text,
    )  # fmt: skip
    _note_probes(hits or hit_queries.Hits(), typed)
    return strip


@bp.post("/paste")
@allowed("lead", "log")
def paste_in() -> ResponseReturnValue:
    """粘贴登记: the registration page with fields proposed from a text; nothing is stored."""
    form = PasteForm()
    if not form.validate():
        blank = LeadForm(formdata=None).offer_events(clock.today())
        return render_template(
            "leads/new.html", form=blank, base_size=companies.count, paste_form=form, hits=hit_queries.Hits(),
            choices=Decisions(),
            message="", typed="", reason_text=reason_text, suggestions=[],
        ), 422  # fmt: skip
    areas = {word: unit.id for unit in units.areas() for word in (unit.short_zh, unit.short_en) if word}
    found = paste.propose(form.text.data or "", areas={word: str(unit_id) for word, unit_id in areas.items()})
    suggested = cluster_rules.suggest(form.text.data or "")
    main = clusters.by_code(suggested[0].code) if suggested else None
    values = {
        "investor": found.investor, "name_2": next(iter(found.other_names), None), "country": found.country,
        "title": found.title, "districts": [int(code) for code in found.districts], "website": found.website,
        "contact_name": found.contact, "contact_phone": found.phone, "contact_email": found.email, "note": form.text.data,
        "cluster": main.id if main else 0,
    }  # fmt: skip
    if found.total:
        values |= {"total_number": f"{found.total.major:f}", "total_unit": "one", "total_currency": found.total.currency}
    flash(_("已从文字中识别出下列内容，请逐项核对后保存"), "soon")
    return _new_page(LeadForm(formdata=None, data=values))

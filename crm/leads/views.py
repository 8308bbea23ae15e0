"""Doors of the leads room: register, check while typing, assess, edit, tag, add files, look behind a mask."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.claims import queries as claims
from crm.clusters import queries as clusters
from crm.clusters import rules as cluster_rules
from crm.companies import queries as companies
from crm.companies import services as company_services
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import NotFound, Refusal, StaleVersion
from crm.files import queries as file_reads
from crm.files import services as files
from crm.files.rules import FileRefused, check_file
from crm.leads import services
from crm.leads.forms import (
    AssessForm,
    ContactForm,
    EditForm,
    EvidenceForm,
    EvidenceTypeForm,
    LeadForm,
    PasteForm,
    RevealForm,
    SeenForm,
    TagForm,
    decisions_from,
)
from crm.leads.models import Lead
from crm.leads.queries import access
from crm.leads.queries import hits as hit_queries
from crm.leads.queries import queue as queue_reads
from crm.leads.queries.evidenced import weighed
from crm.leads.queries.rows import rows_of
from crm.leads.rules import paste
from crm.leads.rules.lead import Decisions, LikelyDuplicate, Outcome, ReasonNeeded
from crm.matching.words import reason_text
from crm.policy import rules as policy
from crm.readings import services as readings
from crm.units import queries as units
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again

bp = Blueprint("leads", __name__, url_prefix="/leads")


def _city() -> str:
    return str(current_app.config["CITY_CODE"])


def _check_deadline() -> float:
    """Until when a check may keep somebody."""
    return clock.deadline_in(current_app.config["CHECK_SECONDS"])


def read_uploads(field: Any) -> list[tuple[str, bytes]]:
    """The uploaded files of a field, checked; each refusal becomes an error of the field."""
    kept: list[tuple[str, bytes]] = []
    for upload in field.data or []:
        if not getattr(upload, "filename", ""):
            continue
        content = upload.read()
        try:
            check_file(upload.filename, content)
        except FileRefused as refusal:
            field.errors = [*field.errors, refusals.sentence(refusal)]
        else:
            kept.append((upload.filename, content))
    return kept


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
                new_lead, decisions, unit=unit, city=_city(), actor=actor, now=now, deadline=_check_deadline()
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


@bp.get("/queue")
@allowed("lead", "queue")
def queue() -> ResponseReturnValue:
    """待研判: new leads with their clock."""
    actor = current_actor()
    page = max(request.args.get("page", 1, type=int), 1)
    ids, total = queue_reads.waiting(actor, page=page)
    return render_template(
        "leads/queue.html", cards=list(rows_of(ids, actor).values()), total=total, page=page, size=queue_reads.SIZE,
        assess_due=claims.assess_due, settings=claims.force_on(clock.today()).settings,
    )  # fmt: skip


@bp.post("/queue/admit")
@allowed("lead", "assess")
def admit_many() -> ResponseReturnValue:
    """入库 for the chosen leads, each in its own right: what may not be assessed is skipped and counted."""
    done = skipped = 0
    for public_id in list(dict.fromkeys(request.form.getlist("lead")))[:500]:
        try:
            with unit_of_work():
                services.assess_lead(public_id[:22], Outcome.ADMITTED, "", city=_city(), actor=current_actor(), now=clock.now())
            done += 1
        except Refusal:
            skipped += 1
    flash(_("已入库 %(done)s 条，跳过 %(skipped)s 条", done=done, skipped=skipped), "done" if not skipped else "soon")
    return go("leads.queue")


@bp.get("/<string:public_id>/assess")
@allowed("lead", "assess")
def assess(public_id: str) -> ResponseReturnValue:
    """研判 of one lead."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="assess")
    return _assess_page(lead, AssessForm())


def _assess_page(lead: Lead, form: AssessForm) -> str:
    today = clock.today()
    return render_template(
        "leads/assess.html", lead=lead, form=form, reports=access.second_reports_of(lead.id), found=weighed(lead.id, today),
        needed=claims.force_on(today).settings.evidence_needed,
    )  # fmt: skip


@bp.post("/<string:public_id>/assess")
@allowed("lead", "assess")
def assess_now(public_id: str) -> ResponseReturnValue:
    """Store the outcome."""
    form, actor = AssessForm(), current_actor()
    if form.validate():
        try:
            with unit_of_work():
                services.assess_lead(
                    public_id, form.to_outcome(), form.reason.data or "", city=_city(), actor=actor, now=clock.now()
                )
        except ReasonNeeded as refusal:
            form.reason.errors = [refusals.sentence(refusal)]
        else:
            flash(_("研判结果已保存"), "done")
            return go("desk.lead", public_id=public_id)
    lead = access.visible_lead(public_id, actor=actor, action="assess")
    return _assess_page(lead, form), 422


def _edit_values(lead: Any) -> dict[str, Any]:
    values = {name: getattr(lead, name) for name in EditForm.plain_names()}
    values["districts"] = [row.unit_id for row in lead.districts]
    for name in ("total", "contracted"):
        amount, currency = getattr(lead, f"{name}_amount"), getattr(lead, f"{name}_currency")
        if amount is not None:
            values |= EditForm.sum_values(name, amount, currency)
    return values


@bp.get("/<string:public_id>/edit")
@allowed("lead", "edit")
def edit(public_id: str) -> ResponseReturnValue:
    """The facts of a lead, for editing."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="edit")
    return render_template("leads/edit.html", lead=lead, form=EditForm(data=_edit_values(lead)), conflicts=[])


@bp.post("/<string:public_id>/edit")
@allowed("lead", "edit")
def edit_now(public_id: str) -> ResponseReturnValue:
    """Save; a form opened before a colleague's save comes back with both values, and nothing typed is lost."""
    form, actor, conflicts, status = EditForm(), current_actor(), [], 422
    if form.validate():
        try:
            with unit_of_work():
                services.edit_lead(public_id, form.to_edit(), opened=form.version.data or 0, actor=actor, now=clock.now())
        except StaleVersion:
            status = 409
        except Refusal as refusal:
            if refusal.status != 422:
                raise
            form.form_errors.append(refusals.sentence(refusal))
        else:
            flash(_("已保存"), "done")
            return go("desk.lead", public_id=public_id)
    lead = access.visible_lead(public_id, actor=actor, action="edit")
    if status == 409:
        conflicts = form.conflicts_with(EditForm(formdata=None, data=_edit_values(lead)))
        form.version.data = lead.version
        form.version.raw_data = None
    return render_template("leads/edit.html", lead=lead, form=form, conflicts=conflicts), status


@bp.get("/<string:public_id>/clusters")
@allowed("lead", "tag")
def tag(public_id: str) -> ResponseReturnValue:
    """Tagging, with what the text suggests and why."""
    lead = access.visible_lead(public_id, actor=current_actor(), action="tag")
    ids = [row.cluster_id for row in lead.clusters] + [0, 0, 0]
    form = TagForm(data={"first": ids[0], "second": ids[1], "third": ids[2]})
    text = " ".join(t for t in (lead.title, lead.note, lead.display_name) if t)
    suggested = [(clusters.by_code(s.code), s) for s in cluster_rules.suggest(text)]
    return render_template("leads/tag.html", lead=lead, form=form, suggested=suggested)


@bp.post("/<string:public_id>/clusters")
@allowed("lead", "tag")
def tag_now(public_id: str) -> ResponseReturnValue:
    """Store the tags a person chose."""
    form = TagForm()
    if not form.validate():
        abort(422)
    with unit_of_work():
        services.tag_lead(public_id, form.to_ids(), actor=current_actor(), now=clock.now())
    flash(_("产业集群已保存"), "done")
    return go("desk.lead", public_id=public_id)


@bp.post("/<string:public_id>/coordination")
@allowed("coordination", "settle")
def settle(public_id: str) -> ResponseReturnValue:
    """A coordinator has seen what a lead raised, and says a word about it."""
    form = SeenForm()
    if not form.validate():
        return said_again(form, "desk.lead", public_id=public_id)
    with unit_of_work():
        services.settle_matters(public_id, form.note.data or "", actor=current_actor(), now=clock.now())
    flash(_("已标为已阅"), "done")
    return go("desk.lead", public_id=public_id)


@bp.post("/<string:public_id>/files")
@allowed("file", "add")
def add_files(public_id: str) -> ResponseReturnValue:
    """More evidence or attachments."""
    form, actor = EvidenceForm(), current_actor()
    valid = form.validate()
    uploads = read_uploads(form.files)
    if not valid or form.files.errors:
        wrong = form.files.errors or form.purpose.errors or form.evidence_type.errors
        flash("　".join(str(e) for e in wrong), "soon")
        return go("desk.lead", public_id=public_id)
    with unit_of_work():
        lead = access.locked_lead(public_id, actor=actor, action="read_detail")
        policy.require(policy.towards_lead(actor, lead), "file", "add", seen_by="read")
        for name, content in uploads:
            files.store_file(
                content, name, purpose=form.purpose.data, root=current_app.config["FILES_PATH"], actor=actor,
                now=clock.now(), lead_id=lead.id, evidence_type=form.to_type(),
            )  # fmt: skip
    flash(_("已上传 %(n)s 个文件", n=len(uploads)), "done")
    return go("desk.lead", public_id=public_id)


@bp.post("/files/<string:public_id>/type")
@allowed("file", "add")
def type_evidence(public_id: str) -> ResponseReturnValue:
    """Say what a piece of evidence is."""
    form, actor = EvidenceTypeForm(), current_actor()
    if not form.validate():
        file = file_reads.visible_file(public_id, actor=actor)
        return said_again(form, "desk.lead", public_id=access.lead_of(file.lead_id or 0).public_id)
    with unit_of_work():
        target = services.type_evidence(public_id, form.to_type(), actor=actor, now=clock.now()).public_id
    flash(_("佐证类型已保存"), "done")
    return go("desk.lead", public_id=target)


@bp.get("/<string:public_id>/contacts/new")
@allowed("contact", "edit")
def contact(public_id: str) -> ResponseReturnValue:
    """One more contact, on the lead's page or on its own."""
    lead = _with_contacts(public_id)
    return render_template("leads/contact.html", lead=lead, form=ContactForm())


@bp.post("/<string:public_id>/contacts")
@allowed("contact", "edit")
def add_contact(public_id: str) -> ResponseReturnValue:
    """Store the contact."""
    form, actor, now = ContactForm(), current_actor(), clock.now()
    if form.validate():
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope=f"contact:{public_id}", body=form.once_body(), now=now)
            key.answer = url_for("desk.lead", public_id=public_id)
            services.add_contact(public_id, form.to_contact(), actor=actor, now=now)
        flash(_("联系人已添加"), "done")
        return go("desk.lead", public_id=public_id)
    return render_template("leads/contact.html", lead=_with_contacts(public_id), form=form), 422


def _with_contacts(public_id: str) -> Lead:
    """The lead, for somebody who may keep its contacts."""
    lead, actor = access.visible_lead(public_id, actor=current_actor()), current_actor()
    policy.require(policy.towards_lead(actor, lead), "contact", "edit", seen_by="read_masked")
    return lead


@bp.post("/contacts/<string:public_id>/reveal")
@allowed("contact", "reveal")
def reveal(public_id: str) -> ResponseReturnValue:
    """One contact without its mask, for a stated reason; the look is noted."""
    form, actor = RevealForm(), current_actor()
    if not form.validate():
        return render_template("leads/_reveal_refused.html", message=_("请写明查看理由")), 422
    with unit_of_work():
        contact = companies.contact(public_id)
        standing = access.standing(contact.lead_id or 0, actor)
        if not policy.can(standing, "contact", "reveal"):
            raise NotFound
        company_services.note_reveal(contact, form.reason.data or "", actor=actor, now=clock.now())
        return render_template("leads/_contact_open.html", contact=contact)

"""Files of a lead, and what a piece of evidence is."""

from flask import current_app, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.core.db import unit_of_work
from crm.files import queries as file_reads
from crm.files import services as files
from crm.files.forms import read_uploads
from crm.leads import services
from crm.leads.forms import (
    EvidenceForm,
    EvidenceTypeForm,
)
from crm.leads.queries import access
from crm.leads.views.blueprint import bp
from crm.policy import rules as policy
from crm.web.guards import allowed, current_actor
from crm.web.pages import go, said_again


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
        return go("desk.lead", public_id=public_id, again="upload")
    with unit_of_work():
        lead = access.locked_lead(public_id, actor=actor, action="read_detail")
        policy.require(policy.towards_lead(actor, lead), "file", "add", seen_by="read")
        for name, content in uploads:
            files.store_file(
                content, name, purpose=form.purpose.data, root=current_app.config["FILES_PATH"], actor=actor,
                now=clock.now(), lead_id=lead.id, evidence_type=form.to_type(),
            )  # fmt: skip
        if uploads:
            services.tell_supplied(lead, actor=actor, now=clock.now())
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

"""A template's empty table once more; a template thrown away."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import redirect

from crm.core import clock
from crm.core.db import unit_of_work
from crm.fillings import queries, services
from crm.fillings.rules.layout import Layout
from crm.fillings.views.fillings import bp
from crm.web.acts import act
from crm.web.guards import allowed, current_actor


@bp.post("/templates/<string:public_id>/use")
@allowed("filling_template", "read")
def use(public_id: str) -> ResponseReturnValue:
    """Fill a template's own empty table, without uploading it again."""
    actor, now = current_actor(), clock.now()
    with unit_of_work():
        template = queries.visible_template(public_id, actor=actor)
        layout = Layout.from_json(template.layout)
        made = services.start_filling(
            template.file, layout, asked=None, template=template, actor=actor, now=now
        ).public_id  # fmt: skip
    return redirect(url_for("fillings.show", public_id=made), 303)


@bp.post("/templates/<string:public_id>/drop")
@allowed("filling_template", "change")
def drop(public_id: str) -> ResponseReturnValue:
    """Use it no more."""
    actor, now = current_actor(), clock.now()
    return act(lambda: services.drop_template(public_id, actor=actor, now=now), _("模板已删除"), "fillings.index")

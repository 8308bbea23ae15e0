"""The audit trail, for the auditor: what was done, and whether the chain holds."""

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.audit import queries, rules
from crm.web.guards import allowed
from crm.web.pages import go

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
@allowed("audit", "read")
def index() -> ResponseReturnValue:
    """The newest lines, or those before one."""
    lines = queries.history_of(before=request.args.get("before", type=int))
    return render_template("audit/index.html", lines=lines, people=queries.names_of(lines))


@bp.post("/verify")
@allowed("audit", "verify")
def verify() -> ResponseReturnValue:
    """Walk the whole chain."""
    broken = rules.first_break(queries.links())
    if broken is None:
        flash(_("链条完整，没有改动"), "done")
    else:
        flash(_("链条在第 %(seq)s 行断开", seq=broken), "soon")
    return go("audit.index")

"""指挥部: matters that came up to it, reviews of disputes, where a person set a decision or a level aside, with the reason."""

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.desk import queries
from crm.desk.views.blueprint import bp
from crm.web.guards import allowed, current_actor


@bp.get("/headquarters")
@allowed("headquarters", "read")
def headquarters() -> ResponseReturnValue:
    """Everything for the headquarters, coordinators and leaders; for the others what concerns their unit."""
    return render_template("desk/headquarters.html", **queries.headquarters(current_actor()))

"""The room's blueprint, and what its papers share."""

from typing import Any

from flask import Blueprint, current_app
from flask_babel import gettext as _
from flask_login import current_user

from crm.core import clock
from crm.core.db import unit_of_work
from crm.policy.rules import Actor
from crm.reports import services
from crm.web import fmt
from crm.web.locale import html_lang

bp = Blueprint("reports", __name__)


def noted(action: str, subject: tuple[str, Any], facts: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Note that a paper is taken out; what stands in it about itself: serial number, who took it when, the notice."""
    unit = current_user.unit.name(html_lang())
    with unit_of_work():
        city = current_app.config["CITY_CODE"]
        serial = services.note_taken(action, subject, facts, city=city, actor=actor, now=clock.now())
    said = {"serial": serial, "unit": unit, "name": actor.name, "when": fmt.stamp(clock.now())}
    return {
        "serial": serial, "notice": _("本系统为非涉密系统，严禁存储、处理、传输国家秘密"),
        "mark": _("编号 %(serial)s　%(unit)s %(name)s 导出　%(when)s", **said), "none": _("无"),
    }  # fmt: skip

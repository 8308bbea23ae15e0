"""Handing in, sending back, confirming, correcting: each on the version that was seen."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import clock
from crm.returns import services
from crm.returns.forms import ActForm
from crm.returns.queries import returns
from crm.returns.views.blueprint import bp
from crm.web.acts import act_on
from crm.web.guards import allowed, current_actor
from crm.web.pages import go


@bp.post("/<string:public_id>/submit")
@allowed("weekly_return", "submit")
def submit(public_id: str) -> ResponseReturnValue:
    """The unit's manager hands it in."""
    return _act(public_id, "submit", lambda form, **who: services.submit(public_id, *_seen(form), **who), _("已报送，等市级确认"))


@bp.post("/<string:public_id>/send-back")
@allowed("weekly_return", "return")
def send_back(public_id: str) -> ResponseReturnValue:
    """The city wants it changed."""
    return _act(
        public_id, "return", lambda form, **who: services.send_back(public_id, *_seen(form), **who), _("已退回，单位已收到通知")
    )


@bp.post("/<string:public_id>/confirm")
@allowed("weekly_return", "confirm")
def confirm(public_id: str) -> ResponseReturnValue:
    """The city takes it."""
    return _act(
        public_id,
        "confirm",
        lambda form, **who: services.confirm(public_id, form.version.data or 0, **who),
        _("已确认，此后不再改动"),
    )


@bp.post("/<string:public_id>/correct")
@allowed("weekly_return", "correct")
def correct(public_id: str) -> ResponseReturnValue:
    """Begin the next version."""
    made: list[str] = []

    def do(form: ActForm, **who: Any) -> None:
        made.append(services.correct(public_id, *_seen(form), **who).public_id)

    answer = _act(public_id, "correct", do, _("已开始更正：改好后重新报送"))
    return go("returns.edit", public_id=made[0]) if made else answer


def _seen(form: ActForm) -> tuple[int, str]:
    return form.version.data or 0, form.text.data or ""


def _act(public_id: str, action: str, do: Callable[..., Any], done: str) -> ResponseReturnValue:
    form, actor, now = ActForm(), current_actor(), clock.now()
    return act_on(
        form, lambda: returns.visible_return(public_id, actor=actor, action=action), lambda: do(form, actor=actor, now=now), done,
        "returns.show", public_id=public_id,
    )  # fmt: skip

"""保存的视图: the list's present state kept under a name, opened again, renamed, replaced, copied, thrown away; the one that
starts the list.
"""

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.clusters import queries as clusters
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal, StaleVersion
from crm.desk.forms import makes_sense
from crm.desk.views.blueprint import bp
from crm.policy import rules as policy
from crm.shelves import queries, services
from crm.shelves.forms import ChangeForm, KeepForm, StateForm
from crm.shelves.models import SavedView
from crm.shelves.rules import Place, Reach, pairs_of, split, state_of
from crm.units import queries as units
from crm.web import refusals
from crm.web.acts import act, act_on, stored
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import kinds, word

_AT = {Place.LIST: "desk.pipeline", Place.BOARD: "desk.board"}


@bp.get("/leads/views")
@allowed("view", "list")
def views() -> ResponseReturnValue:
    """All views that this person may open, by whose they are."""
    actor = current_actor()
    start = queries.start_of(actor)
    return render_template(
        "desk/views.html", groups=_groups(), start_id=start.id if start else None, may_change=_changeable(actor)
    )


@bp.get("/leads/views/menu")
@allowed("view", "list")
def views_menu() -> ResponseReturnValue:
    """The menu beside the list: the views, and what may be done with the present state."""
    actor, groups = current_actor(), _groups()
    here = request.args.get("view", "")
    shown = next((view for _reach, found in groups for view in found if view.public_id == here), None)
    place = Place.BOARD if request.args.get("at") == "board" else Place.LIST
    state = state_of(request.args.items(multi=True))
    changed = shown is not None and (shown.state, shown.place) != (state, place)
    return render_template(
        "desk/_views_menu.html", groups=groups, shown=shown, state=state, place=place,
        replaces=changed and shown is not None and policy.can(queries.standing(shown, actor), "view", "change"),
        new_at=f"{url_for('desk.new_view')}?{urlencode([*pairs_of(state), ('at', place.value)])}",
    )  # fmt: skip


@bp.get("/leads/views/new")
@allowed("view", "keep")
def new_view() -> ResponseReturnValue:
    """The form for a name; the state comes with the address."""
    place = Place.BOARD if request.args.get("at") == "board" else Place.LIST
    form = KeepForm(data={"state": state_of(request.args.items(multi=True)), "place": place.value}).offer(current_actor())
    return render_template("desk/view_new.html", form=form, message="", said=_said(form.state.data or ""))


@bp.post("/leads/views/new")
@allowed("view", "keep")
def keep_view() -> ResponseReturnValue:
    """Keep it, and on to the list as the view shows it. What makes no sense to the list is not kept."""
    actor, now = current_actor(), clock.now()
    form = KeepForm().offer(actor)

    def do() -> str:
        new = services.NewView(form.name.data or "", form.to_reach(), _sound(form.state.data or ""), form.to_place())
        return services.keep_view(new, actor=actor, now=now).public_id

    said = _said(form.state.data or "")
    return stored(form, do, "desk/view_new.html", _("视图已保存"), "desk.view", scope="view", said=said)


@bp.get("/leads/views/<string:public_id>")
@allowed("view", "read")
def view(public_id: str) -> ResponseReturnValue:
    """Open a view: on to the list or the columns with its state. A condition that is no more is left out, and said."""
    found = queries.visible_view(public_id, actor=current_actor())
    good, gone = split(found.state, _standing(found.state))
    if gone:
        labels = "、".join(dict.fromkeys(_label(name) for name in gone))
        flash(_("视图“%(name)s”中的条件已不存在，已略去：%(gone)s", name=found.name, gone=labels), "soon")
    return redirect(f"{url_for(_AT[Place(found.place)])}?{urlencode([*good, ('view', found.public_id)])}", 303)


@bp.get("/leads/views/<string:public_id>/edit")
@allowed("view", "change")
def edit_view(public_id: str) -> ResponseReturnValue:
    """Name and reach of a view."""
    actor = current_actor()
    found = queries.visible_view(public_id, actor=actor, action="change")
    form = ChangeForm(data={"name": found.name, "reach": found.reach, "version": found.version}).offer(actor, found.reach)
    return render_template("desk/view_edit.html", form=form, view=found, message="", said=_said(found.state))


@bp.post("/leads/views/<string:public_id>/edit")
@allowed("view", "change")
def change_view(public_id: str) -> ResponseReturnValue:
    """Store them."""
    actor, now = current_actor(), clock.now()
    found = queries.visible_view(public_id, actor=actor, action="change")
    form, said, message = ChangeForm().offer(actor, found.reach), _said(found.state), ""
    if form.validate():
        try:
            with unit_of_work():
                services.change_view(
                    public_id, form.name.data or "", form.to_reach(), opened=form.version.data or 0, actor=actor, now=now
                )
        except Refusal as refusal:
            if refusal.status not in (409, 422):
                raise
            message = refusals.sentence(refusal)
            found = queries.visible_view(public_id, actor=actor, action="change")
            if isinstance(refusal, StaleVersion):
                form.version.data, form.version.raw_data = found.version, None
        else:
            flash(_("视图已修改"), "done")
            return go("desk.views")
    return render_template("desk/view_edit.html", form=form, view=found, message=message, said=said), 422


@bp.post("/leads/views/<string:public_id>/replace")
@allowed("view", "change")
def replace_view(public_id: str) -> ResponseReturnValue:
    """The present state in the place of the one that it keeps."""
    form, actor, now = StateForm(), current_actor(), clock.now()

    def do() -> None:
        state = _sound(form.state.data or "")
        services.replace_state(public_id, state, form.to_place(), opened=form.version.data or 0, actor=actor, now=now)

    def see() -> None:
        queries.visible_view(public_id, actor=actor, action="change")

    return act_on(form, see, do, _("视图已更新为当前条件"), "desk.view", public_id=public_id)


@bp.post("/leads/views/<string:public_id>/copy")
@allowed("view", "read")
def copy_view(public_id: str) -> ResponseReturnValue:
    """Somebody's view, as one's own."""
    actor, now = current_actor(), clock.now()
    return act(lambda: services.copy_view(public_id, actor=actor, now=now), _("已复制到我的视图"), "desk.views")


@bp.post("/leads/views/<string:public_id>/drop")
@allowed("view", "change")
def drop_view(public_id: str) -> ResponseReturnValue:
    """Throw it away."""
    actor, now = current_actor(), clock.now()
    return act(lambda: services.drop_view(public_id, actor=actor, now=now), _("视图已删除"), "desk.views")


@bp.post("/leads/views/<string:public_id>/start")
@allowed("view", "read")
def start_view(public_id: str) -> ResponseReturnValue:
    """The list starts with it from now on."""
    actor = current_actor()
    return act(lambda: services.start_with(public_id, actor=actor), _("已设为清单的起始视图"), "desk.views")


@bp.post("/leads/views/start-off")
@allowed("view", "list")
def start_off() -> ResponseReturnValue:
    """The list starts as it does by itself."""
    actor = current_actor()
    return act(lambda: services.start_with(None, actor=actor), _("已取消起始视图"), "desk.views")


def _groups() -> list[tuple[Reach, list[SavedView]]]:
    found = queries.open_to(current_actor())
    return [(reach, [view for view in found if view.reach == reach]) for reach in Reach]


def _changeable(actor: Any) -> Any:
    return lambda view: policy.can(queries.standing(view, actor), "view", "change")


def _sound(state: str) -> str:
    """A posted state, without what makes no sense."""
    pairs = [(name, value) for name, value in pairs_of(state) if makes_sense(name, value)]
    return state_of(pairs)


def _standing(state: str) -> dict[str, bool]:
    """Which parameters of a kept state still say something: well-formed, and the unit, cluster or person is there."""
    there: dict[str, Any] = {
        "unit": lambda key: key in units.labels() and not units.labels()[key].retired,
        "cluster": lambda key: key in clusters.labels(),
        "owner": lambda key: accounts.by_id(key) is not None,
    }
    there["district"] = there["unit"]
    found = {}
    for name, value in pairs_of(state):
        good = makes_sense(name, value)
        if good and name in there and value.isdigit():
            good = there[name](int(value))
        found[f"{name}={value}"] = good
    return found


def _label(name: str) -> str:
    return word("list_filter", name) if name in kinds()["list_filter"] else _("其他条件")


def _said(state: str) -> list[str]:
    """What a state asks, by the names of its conditions."""
    return list(dict.fromkeys(_label(name) for name, _value in pairs_of(state)))

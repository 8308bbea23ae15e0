"""Brands and aliases as pages: search the whole table, add, retire, bring back, see who changed what."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.audit import queries as audit
from crm.brands import queries, rules, services
from crm.brands.forms import NamesForm, ReasonForm
from crm.brands.rules import ListedBrand
from crm.core import clock, once
from crm.core.db import unit_of_work
from crm.core.errors import AlreadyDone, NotFound, Refusal
from crm.core.text import clean
from crm.web import refusals
from crm.web.guards import allowed, current_actor
from crm.web.pages import go
from crm.web.words import kinds

bp = Blueprint("brands", __name__, url_prefix="/brands")


@bp.get("/")
@allowed("reference", "edit")
def index() -> ResponseReturnValue:
    """The table, or the part of it that was asked for."""
    typed = clean(request.args.get("q", ""))[: rules.LONGEST]
    show = request.args.get("show", "")
    show = show if show in kinds()["brand_show"] else ""
    page = queries.page_of(typed, show, request.args.get("page", 1, type=int))
    return render_template("brands/index.html", found=page, typed=typed, show=show, size=rules.PAGE)


@bp.get("/history")
@allowed("reference", "edit")
def history() -> ResponseReturnValue:
    """Every change, newest first."""
    lines = audit.history_of("brand", before=request.args.get("before", type=int))
    return render_template("brands/history.html", lines=lines, people=audit.names_of(lines))


@bp.get("/new")
@allowed("reference", "edit")
def new() -> ResponseReturnValue:
    """The form for a new brand."""
    return render_template("brands/new.html", form=NamesForm())


@bp.post("/new")
@allowed("reference", "edit")
def create() -> ResponseReturnValue:
    """A new brand."""
    form = NamesForm()
    if form.validate():
        done = _keep(form, "brands.create", lambda **who: services.add_brand(form.to_new(), **who).code)
        if done is not None:
            flash(_("品牌已添加，即时生效"), "done")
            return done
    return render_template("brands/new.html", form=form), 422


@bp.get("/<string:public_id>")
@allowed("reference", "edit")
def show(public_id: str) -> ResponseReturnValue:
    """One brand: its names, a form for more, its history."""
    return _page(queries.by_slug(public_id), NamesForm())


@bp.post("/<string:public_id>")
@allowed("reference", "edit")
def add(public_id: str) -> ResponseReturnValue:
    """More names of a brand."""
    form = NamesForm()
    brand = queries.by_slug(public_id)
    if form.validate():
        done = _keep(form, f"brands.add:{public_id}", lambda **who: services.add_names(public_id, form.to_new(), **who).code)
        if done is not None:
            flash(_("名称已添加，即时生效"), "done")
            return done
    return _page(brand, form), 422


def _page(brand: ListedBrand, form: NamesForm) -> str:
    row = queries.row_of(brand.code)
    lines = audit.history_of("brand", row.id, limit=audit.PAGE) if row else []
    return render_template("brands/show.html", brand=brand, form=form, lines=lines, most=audit.PAGE, people=audit.names_of(lines))


def _keep(form: NamesForm, scope: str, act: Callable[..., str]) -> ResponseReturnValue | None:
    """Do it once; None when a name was refused, with the reason at the field."""
    actor, now = current_actor(), clock.now()
    try:
        with unit_of_work():
            key = once.claim(form.once.data, user_id=actor.user_id, scope=scope, body=form.once_body(), now=now)
            target = url_for("brands.show", public_id=rules.slug_of(act(actor=actor, now=now)))
            key.answer = target
    except rules.NameRefused as refusal:
        form.names.errors = [refusals.sentence(refusal)]
        return None
    return redirect(target, 303)


_NAMES: dict[str, Callable[..., None]] = {"retire": services.retire_name, "restore": services.restore_name}
_WHOLE: dict[str, Callable[..., None]] = {"retire": services.retire_brand, "restore": services.restore_brand}


@bp.get("/<string:public_id>/retire")
@allowed("reference", "edit")
def retire(public_id: str) -> ResponseReturnValue:
    """Which name, or the whole brand, is to be retired, and why."""
    return _asked(public_id, "retire")


@bp.post("/<string:public_id>/retire")
@allowed("reference", "edit")
def do_retire(public_id: str) -> ResponseReturnValue:
    """Retire it."""
    return _change(public_id, "retire")


@bp.get("/<string:public_id>/restore")
@allowed("reference", "edit")
def restore(public_id: str) -> ResponseReturnValue:
    """Which name, or the whole brand, is to be brought back, and why."""
    return _asked(public_id, "restore")


@bp.post("/<string:public_id>/restore")
@allowed("reference", "edit")
def do_restore(public_id: str) -> ResponseReturnValue:
    """Bring it back."""
    return _change(public_id, "restore")


def _asked(slug: str, act: str) -> ResponseReturnValue:
    form = ReasonForm()
    form.name.data = form.name.data or request.args.get("name", "")
    return _change_page(queries.by_slug(slug), act, form)


def _change(slug: str, act: str) -> ResponseReturnValue:
    form = ReasonForm()
    brand = queries.by_slug(slug)
    if not form.validate():
        return _change_page(brand, act, form), 422
    facts: dict[str, Any] = {"reason": form.reason.data or "", "actor": current_actor(), "now": clock.now()}
    try:
        with unit_of_work():
            if form.name.data:
                _NAMES[act](slug, form.name.data, **facts)
            else:
                _WHOLE[act](slug, **facts)
    except AlreadyDone as refusal:
        flash(refusals.sentence(refusal), "soon")
        return go("brands.show", public_id=slug)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        form.reason.errors = [refusals.sentence(refusal)]
        return _change_page(brand, act, form), 422
    flash(_("已停用，即时生效") if act == "retire" else _("已恢复，即时生效"), "done")
    return go("brands.show", public_id=slug)


def _change_page(brand: ListedBrand, act: str, form: ReasonForm) -> str:
    name = brand.name(form.name.data) if form.name.data else None
    if form.name.data and name is None:
        raise NotFound
    return render_template("brands/change.html", brand=brand, name=name, act=act, form=form)

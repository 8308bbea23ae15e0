"""Administration of people: the system administrator opens and closes accounts, the security administrator grants roles."""

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import queries, services
from crm.accounts.forms import GrantForm, NewUserForm, PersonForm
from crm.accounts.models import User
from crm.accounts.views.blueprint import bp
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.policy.rules import Role
from crm.units import queries as units
from crm.web import refusals, sessions
from crm.web.guards import allowed, current_actor
from crm.web.locale import html_lang
from crm.web.pages import go


def _new_form(**values: object) -> NewUserForm:
    form = NewUserForm(**values)
    form.unit.choices = _units()
    return form


def _units() -> list[tuple[str, str]]:
    return [(unit.code, unit.name(html_lang())) for unit in units.working()]


def _person_form(person: User, **values: object) -> PersonForm:
    form, own = PersonForm(**values), (person.unit.code, person.unit.name(html_lang()))
    offered = _units()
    form.unit.choices = offered if own in offered else [own, *offered]  # a unit that was retired while they were in it
    return form


def _list(form: NewUserForm, link: str = "", person: User | None = None, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/users.html", people=queries.everyone(), form=form, link=link, person=person), status


@bp.get("/users")
@allowed("user", "list")
def users() -> ResponseReturnValue:
    """All people."""
    return _list(_new_form())


@bp.post("/users")
@allowed("user", "create")
def create_user() -> ResponseReturnValue:
    """Open an account; its one-time link is shown once."""
    form, token = _new_form(), ""
    if not form.validate():
        return _list(form, status=422)
    try:
        with unit_of_work():
            unit = units.by_code(form.unit.data or "")
            assert unit is not None  # the form offers only units that are there
            person, token = services.create_user(
                username=form.username.data or "", name=form.name.data or "", role=Role(form.role.data), unit=unit,
                actor=current_actor(), now=clock.now(),
            )  # fmt: skip
    except Refusal as refusal:
        form.username.errors = [refusals.sentence(refusal)]
        return _list(form, status=422)
    # Colleagues of one unit are made one after another: the form is empty again but for their role and unit.
    following = _new_form(formdata=None, data={"role": form.role.data, "unit": form.unit.data})
    return _list(following, url_for("accounts.set_password", token=token, _external=True), person)


@bp.get("/users/<string:public_id>")
@allowed("user", "list")
def user(public_id: str) -> ResponseReturnValue:
    """One person's account."""
    return _page(queries.by_public_id(public_id))


def _page(
    person: User, link: str = "", message: str = "", changed: PersonForm | None = None, status: int = 200
) -> ResponseReturnValue:
    form = GrantForm(formdata=None, data={"role": person.role})
    changed = changed or _person_form(person, formdata=None, data={"name": person.name, "unit": person.unit.code})
    page = render_template("accounts/user.html", person=person, form=form, changed=changed, link=link, message=message)
    return page, status


@bp.post("/users/<string:public_id>/change")
@allowed("user", "create")
def change_user(public_id: str) -> ResponseReturnValue:
    """Another name, another unit; whoever goes to another one signs in again."""
    person = queries.by_public_id(public_id)
    form = _person_form(person)
    if not form.validate():
        return _page(person, changed=form, status=422)
    try:
        with unit_of_work():
            person, before = queries.by_public_id(public_id), person.unit_id
            unit = units.by_code(form.unit.data or "")
            assert unit is not None  # the form offers only units that are there
            services.change_user(person, name=form.name.data or "", unit=unit, actor=current_actor(), now=clock.now())
            if person.unit_id != before:
                sessions.end_all(person.id)
    except services.StillLeads as refusal:
        form.unit.errors = [refusals.sentence(refusal)]
        return _page(queries.by_public_id(public_id), changed=form, status=refusal.status)
    flash(_("已保存"), "done")
    return go("accounts.user", public_id=public_id)


@bp.get("/users/<string:public_id>/disable")
@allowed("user", "disable")
def disable(public_id: str) -> ResponseReturnValue:
    """Ask first: what stays with that name, and who is told to hand it on."""
    person = queries.by_public_id(public_id)
    if person.disabled_at is not None:
        return go("accounts.user", public_id=public_id)
    left = queries.left_of(person)
    return render_template("accounts/disable.html", person=person, left_by=left, heirs=queries.heirs_of(person) if left else [])


@bp.post("/users/<string:public_id>/disable")
@allowed("user", "disable")
def disable_user(public_id: str) -> ResponseReturnValue:
    """Close the account; live sessions end at once."""
    try:
        with unit_of_work():
            person = queries.by_public_id(public_id)
            services.disable_user(person, actor=current_actor(), now=clock.now())
            sessions.end_all(person.id)
    except services.LastAdministrator as refusal:
        return _page(queries.by_public_id(public_id), message=refusals.sentence(refusal), status=refusal.status)
    flash(_("账号已停用"), "done")
    return go("accounts.user", public_id=public_id)


@bp.post("/users/<string:public_id>/enable")
@allowed("user", "create")
def enable_user(public_id: str) -> ResponseReturnValue:
    """Open it again."""
    with unit_of_work():
        services.enable_user(queries.by_public_id(public_id), actor=current_actor(), now=clock.now())
    flash(_("账号已启用"), "done")
    return go("accounts.user", public_id=public_id)


@bp.post("/users/<string:public_id>/reset")
@allowed("user", "reset")
def reset_user(public_id: str) -> ResponseReturnValue:
    """Take the password away; the link to set a new one is shown once."""
    with unit_of_work():
        person = queries.by_public_id(public_id)
        token = services.reset_user(person, actor=current_actor(), now=clock.now())
        sessions.end_all(person.id)
    return _page(queries.by_public_id(public_id), url_for("accounts.set_password", token=token, _external=True))


@bp.post("/users/<string:public_id>/role")
@allowed("user", "grant")
def grant_role(public_id: str) -> ResponseReturnValue:
    """Another role; nobody grants to himself."""
    form = GrantForm()
    if form.validate():
        try:
            with unit_of_work():
                person = queries.by_public_id(public_id)
                services.grant_role(person, Role(form.role.data), actor=current_actor(), now=clock.now())
                sessions.end_all(person.id)
        except services.LastAdministrator as refusal:
            return _page(queries.by_public_id(public_id), message=refusals.sentence(refusal), status=refusal.status)
        flash(_("角色已授予，该用户需重新登录"), "done")
    return go("accounts.user", public_id=public_id)

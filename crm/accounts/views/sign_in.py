"""Signing in and out, one's own password and language."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from crm.accounts import queries, services
from crm.accounts.forms import NewPasswordForm, OwnPasswordForm, SignInForm
from crm.accounts.rules import DEMO_PASSWORD, BadPassword
from crm.accounts.views.blueprint import bp
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Throttled
from crm.web import refusals, sessions
from crm.web.guards import allowed, current_actor, open_door
from crm.web.locale import LANGUAGES
from crm.web.pages import safe_next


def _sign_in_page(form: SignInForm, status: int = 200) -> ResponseReturnValue:
    demo = queries.demo_users()
    password = DEMO_PASSWORD if demo else None
    return render_template("accounts/sign_in.html", form=form, demo_users=demo, demo_password=password), status


@bp.get("/sign-in")
@open_door("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("desk.home"))
    return _sign_in_page(SignInForm(next=request.args.get("next", "")))


@bp.post("/sign-in")
@open_door("nobody is signed in yet")
def sign_in_now() -> ResponseReturnValue:
    """Check name and password; on to where the person wanted to go."""
    form = SignInForm()
    if not form.validate():
        return _sign_in_page(form, 422)
    username, address = form.username.data or "", request.remote_addr or ""
    try:
        with unit_of_work():
            services.reserve_guess(username, address, now=clock.now())
    except Throttled as refusal:
        form.form_errors.append(refusals.sentence(refusal))
        return _sign_in_page(form, 429)
    user_id = services.check_credentials(username, form.password.data or "")
    with unit_of_work():
        if user_id is None:
            services.note_refused_sign_in(username, address, now=clock.now())
        else:
            user = services.note_sign_in(user_id, address, now=clock.now())
            sessions.begin(user_id, now=clock.now())
    if user_id is None:
        form.form_errors.append(refusals.sentence(services.WrongPassword()))
        return _sign_in_page(form, 422)
    login_user(user)
    return redirect(safe_next(form.next.data, url_for("desk.home")), 303)


@bp.post("/sign-out")
@open_door("signing out twice does no harm")
def sign_out() -> ResponseReturnValue:
    """End this browser's session: its row is deleted, a copied cookie is worth nothing."""
    logout_user()
    with unit_of_work():
        sessions.end_this()
    return redirect(url_for("accounts.sign_in"), 303)


def _link_page(form: NewPasswordForm, token: str) -> str:
    person = services.whose_link(token, now=clock.now())
    return render_template("accounts/set_password.html", form=form, token=token, person=person)


@bp.get("/set-password/<string:token>")
@open_door("the one-time link is the proof")
def set_password(token: str) -> ResponseReturnValue:
    """The page of a one-time link; one that no longer holds says so before anybody has thought of a password."""
    try:
        return _link_page(NewPasswordForm(), token)
    except services.DeadLink:
        return render_template("accounts/dead_link.html"), 404


@bp.post("/set-password/<string:token>")
@open_door("the one-time link is the proof")
def set_password_now(token: str) -> ResponseReturnValue:
    """Set the password by the link; the person signs in with it next."""
    form = NewPasswordForm()
    try:
        if form.validate():
            try:
                with unit_of_work():
                    user = services.use_link(token, form.password.data or "", now=clock.now())
                    sessions.end_all(user.id)
            except BadPassword as refusal:
                form.password.errors = [refusals.sentence(refusal)]
            else:
                flash(_("密码已设置，请登录"), "done")
                return redirect(url_for("accounts.sign_in"), 303)
        return _link_page(form, token), 422
    except services.DeadLink:
        return render_template("accounts/dead_link.html"), 404


@bp.get("/password")
@allowed("account", "own")
def own_password() -> ResponseReturnValue:
    """One's own password."""
    return render_template("accounts/own_password.html", form=OwnPasswordForm())


@bp.post("/password")
@allowed("account", "own")
def change_own_password() -> ResponseReturnValue:
    """Change it; all other sessions of the person end. Whoever sits at a borrowed screen guesses no oftener than at the door."""
    form, actor, status = OwnPasswordForm(), current_actor(), 422
    if form.validate():
        try:
            with unit_of_work():
                services.reserve_guess(actor.username, request.remote_addr or "", now=clock.now())
            with unit_of_work():
                user = queries.by_public_id(actor.public_id)
                services.change_password(user, form.old.data or "", form.password.data or "", actor=actor, now=clock.now())
                sessions.end_all(user.id, except_this=True)
        except services.WrongPassword:
            form.old.errors = [_("现在的密码不对")]
        except Throttled as refusal:
            status = 429
            form.form_errors.append(refusals.sentence(refusal))
        except BadPassword as refusal:
            form.password.errors = [refusals.sentence(refusal)]
        else:
            flash(_("密码已修改，其他设备上的登录已退出"), "done")
            return redirect(url_for("desk.home"), 303)
    return render_template("accounts/own_password.html", form=form), status


@bp.post("/language/<string:lang>")
@open_door("a visitor may choose the language of the sign-in page")
def choose_language(lang: str) -> ResponseReturnValue:
    """Speak the other language, for this browser and for the account."""
    if lang in LANGUAGES:
        session["lang"] = lang
        if current_user.is_authenticated:
            with unit_of_work():
                user = queries.by_id(current_actor().user_id)
                if user is not None:
                    user.locale = lang
    return redirect(safe_next(request.form.get("next"), url_for("desk.home")), 303)

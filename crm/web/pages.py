"""What every template may use, and small ways to answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from werkzeug.wrappers import Response

from crm.core.industries import industry_name
from crm.core.regions import choices as choices_of_regions
from crm.core.regions import region_name
from crm.policy import rules as policy
from crm.web import drawing, errors, fmt
from crm.web.guards import maybe_actor
from crm.web.icons import icon
from crm.web.locale import html_lang
from crm.web.words import choices, word


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """One word of the navigation. `also`: other rooms, or single pages, that lie under it."""

    label: Any
    endpoint: str
    needs: tuple[str, str]
    on_phone: bool = False
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NavLink:
    """A room as this person sees it on this page."""

    label: str
    url: str
    current: bool
    on_phone: bool


def nav_for(rooms: tuple[Room, ...]) -> tuple[NavLink, ...]:
    """The rooms this person may enter."""
    actor = maybe_actor()
    return () if actor is None else _nav(rooms, actor.role, request.endpoint or "", html_lang(), request.script_root)


@lru_cache(maxsize=2_048)
def _nav(rooms: tuple[Room, ...], role: policy.Role, endpoint: str, _lang: str, _root: str) -> tuple[NavLink, ...]:
    """What a role finds in the navigation of a page: the policy's table does not change while the product runs; a person's role
    is asked anew with each request.
    """
    here = endpoint.split(".")[0]
    return tuple(
        NavLink(
            str(room.label), url_for(room.endpoint), endpoint == room.endpoint or (
                here == room.endpoint.split(".")[0] and here not in ("desk", "pipeline", "leads")
            ) or here in room.also or endpoint in room.also, room.on_phone,
        )
        for room in rooms
        if policy.possible(role, *room.needs)
    )  # fmt: skip


def may(record: str, action: str) -> bool:
    """For templates: whether this person may do `action` to at least one thinkable `record`."""
    actor = maybe_actor()
    return actor is not None and policy.possible(actor.role, record, action)


def role_name(role: str, unit: Any) -> str:
    """A role as people of a unit say it: only a district's manager is 区负责人, elsewhere the same role is 单位负责人."""
    return _("单位负责人") if role == policy.Role.DISTRICT_MANAGER and not unit.is_area else word("role", role)


def register(app: Flask, rooms: list[Room], bell: Any) -> None:
    """Give templates their globals. A name that is not defined fails instead of printing nothing."""
    drawing.register(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(icon=icon, fmt=fmt, word=word, choices=choices, csrf_token=generate_csrf)
    app.jinja_env.globals.update(may=may, role_name=role_name)
    app.jinja_env.filters.update(
        masked_name=fmt.masked_name, masked_phone=fmt.masked_phone, masked_mail=fmt.masked_mail, short_name=short_name
    )
    app.jinja_env.globals.update(
        region_name=region_label, industry_name=industry_label, country_options=country_options, options=options
    )
    app.jinja_env.globals.update(url_for=address)

    standing = tuple(rooms)

    @app.context_processor
    def page_facts() -> dict[str, Any]:
        actor = maybe_actor()
        return {
            "actor": actor,
            "actor_unit": current_user.unit if actor else None,
            "lang": html_lang(),
            "nav": nav_for(standing),
            "bell_count": lambda: bell(actor) if actor else 0,  # asked where a bell is drawn: most fragments have none
            "htmx": bool(request.headers.get("HX-Request")),
        }


def address(endpoint: str, **values: Any) -> str:
    """`url_for` for templates. A page names some fifty addresses, nearly always the same ones: worked out once a process."""
    return _address(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=8_192)
def _address(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def safe_next(target: str | None, fallback: str) -> str:
    """A path on this site to go on to, whatever was asked for."""
    if not target:
        return fallback
    parts = urlsplit(target)
    clean_path = target.startswith("/") and not target.startswith("//") and "\\" not in target
    if parts.scheme or parts.netloc or not clean_path:
        return fallback
    return request.script_root + target


def go(endpoint: str, **values: Any) -> Response:
    """After a write: on to a page, by GET; an htmx request leaves its fragment behind."""
    target = url_for(endpoint, **values)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": target})
    return redirect(target, 303)


_A_LINE = 40  # signs: less is sooner typed again than copied


def said_again(form: FlaskForm, endpoint: str, **values: Any) -> Response:
    """What a form says is wrong, and of which field, on the page that it was sent from; where more than a line was typed, on a
    page of its own that keeps it to be copied (as `acts.said_at` does).
    """
    said = [(form._fields.get(name), text) for name, texts in form.errors.items() for text in texts]
    message = "　".join(f"{field.label.text}{_('：')}{text}" if _is_seen(field) else str(text) for field, text in said)
    if len(errors.typed(422)) > _A_LINE:
        return make_response(errors.page(422, message, back=url_for(endpoint, **values)))
    flash(message, "soon")
    return go(endpoint, **values)


def _is_seen(field: Any) -> bool:
    return field is not None and getattr(field.widget, "input_type", "") != "hidden"


def region_label(code: str | None) -> str:
    """A country or region in the page's language, as the board calls it."""
    return region_name(code, html_lang())


def country_options() -> Markup:
    """The options of a choice of country or region in the page's language."""
    return _country_options(html_lang())


@cache
def _country_options(lang: str) -> Markup:
    """Some 240 names never change while the product runs: drawn once a language."""
    return Markup("").join(Markup('<option value="{}">{}</option>').format(*choice) for choice in choices_of_regions(lang))


def options(named: Iterable[tuple[int, str]], current: int | None) -> Markup:
    """The options of a choice among (id, name), the present one selected."""
    drawn = _options(tuple(named))
    if not current:
        return drawn
    # As a plain text: Markup escapes what it is given to put in, and the value would go out with quotes in it.
    return Markup(str(drawn).replace(f'value="{current}"', f'value="{current}" selected'))  # noqa: S704 (a number)


@lru_cache(maxsize=256)
def _options(named: tuple[tuple[int, str], ...]) -> Markup:
    """The same few dozen names on every list: drawn once."""
    return Markup("").join(Markup('<option value="{}">{}</option>').format(*one) for one in named)


def industry_label(code: str | None) -> str:
    """A GB/T 4754 division in the page's language."""
    return industry_name(code, html_lang())


def short_name(unit: Any, lang: str) -> str:
    """For lists in templates: the short name of a unit."""
    return str(unit.short(lang))

"""Accounts on the command line: the first administrator, and what the page does."""

import json
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries, services
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import Refusal
from crm.core.text import clean
from crm.policy import rules as policy
from crm.policy.rules import Actor, Role
from crm.units import queries as units
from crm.web import sessions
from crm.web.refusals import sentence

group = AppGroup("accounts", help="People.")
_as = click.option("--as", "acting", help="Who acts.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")


def _done(facts: dict[str, Any], as_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else "  ".join(f"{key}: {value}" for key, value in facts.items()))


def _refused(refusal: Refusal, as_json: bool) -> None:
    with force_locale("zh_Hans_CN"):
        click.echo(sentence(refusal), err=True)
    if as_json:
        click.echo(json.dumps({"error": refusal.code}))
    raise SystemExit(2)


def _link(token: str) -> str:
    return f"{current_app.config['PUBLIC_URL']}{current_app.config['PATH_PREFIX']}/account/set-password/{token}"


@group.command("create-admin")
@click.option("--username", required=True)
@click.option("--name", required=True)
@_as
@_json
def create_admin(username: str, name: str, acting: str | None, as_json: bool) -> None:
    """The first system administrator (later ones need --as); prints a one-time link."""
    try:
        with unit_of_work():
            first = not queries.of_role(Role.SYSTEM_ADMIN)
            actor = queries.actor_named(acting) if acting else None
            if actor is None and not first:
                raise Refusal("needs_actor")
            if actor is not None:
                _may(actor, "create")
            _user, token = services.create_user(
                username=username,
                name=clean(name),
                role=Role.SYSTEM_ADMIN,
                unit=units.coordinating(),
                actor=actor,
                now=clock.now(),
            )
    except Refusal as refusal:
        _refused(refusal, as_json)
    _done({"username": username, "link": _link(token)}, as_json)


@group.command("create")
@click.option("--username", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--unit", "unit_code", required=True)
@click.option("--as", "acting", required=True)
@_json
def create(username: str, name: str, role: str, unit_code: str, acting: str, as_json: bool) -> None:
    """Open an account; prints a one-time link."""
    try:
        with unit_of_work():
            actor, unit = queries.actor_named(acting), units.by_code(unit_code)
            if unit is None:
                raise Refusal("unknown_unit", unit_code=unit_code)
            _may(actor, "create")
            _user, token = services.create_user(
                username=username, name=clean(name), role=Role(role), unit=unit, actor=actor, now=clock.now()
            )
    except Refusal as refusal:
        _refused(refusal, as_json)
    _done({"username": username, "link": _link(token)}, as_json)


def _may(actor: Actor, action: str) -> None:
    policy.require(policy.of_role(actor), "user", action, seen_by="list")


def _change(username: str, acting: str, as_json: bool, action: str) -> None:
    facts: dict[str, Any] = {"username": username, "done": action}
    try:
        with unit_of_work():
            actor = queries.actor_named(acting)
            _may(actor, "reset" if action == "reset" else "disable" if action == "disable" else "create")
            user = queries.by_username(username)
            if user is None:
                raise Refusal("unknown_user", username=username)
            if action == "reset":
                facts["link"] = _link(services.reset_user(user, actor=actor, now=clock.now()))
            elif action == "disable":
                facts |= {"left": queries.left_of(user)}
                services.disable_user(user, actor=actor, now=clock.now())
            else:
                services.enable_user(user, actor=actor, now=clock.now())
            sessions.end_everywhere(user.id)
    except Refusal as refusal:
        _refused(refusal, as_json)
    _done(facts, as_json)


for _action in ("disable", "enable", "reset"):

    @group.command(_action, help=f"{_action.capitalize()} an account; its sessions end.")
    @click.argument("username")
    @click.option("--as", "acting", required=True)
    @_json
    def _command(username: str, acting: str, as_json: bool, action: str = _action) -> None:
        _change(username, acting, as_json, action)


@group.command("list")
@_json
def list_people(as_json: bool) -> None:
    """All people."""
    people = [
        {"username": user.username, "name": user.name, "role": user.role, "unit": user.unit.code, "active": user.is_active}
        for user in queries.everyone()
    ]
    if as_json:
        click.echo(json.dumps(people, ensure_ascii=False))
        return
    for person in people:
        click.echo("  ".join(str(value) for value in person.values()))


commands = [group]

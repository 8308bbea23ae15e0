"""`flask match brands`: what the page of brands does, by command."""

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale

from crm.accounts import queries as accounts
from crm.brands import queries, rules, services
from crm.brands.rules import ListedBrand, NameRefused
from crm.brands.services import NewNames
from crm.core import clock
from crm.core.db import unit_of_work
from crm.core.errors import NotFound, Refusal
from crm.core.text import clean
from crm.matching.cli import match
from crm.web.refusals import sentence

group = AppGroup("brands", help="The office's own brands and aliases, over the shipped table.")
match.add_command(group)
_as = click.option("--as", "username", required=True, help="Who acts (a system administrator).")
_json = click.option("--json", "as_json", is_flag=True, help="JSON on standard output.")


def _facts(brand: ListedBrand) -> dict[str, Any]:
    names = [{"name": n.text, "own": n.own, "alone": n.alone, "retired": n.retired, "source": n.source} for n in brand.names]
    return {"brand": brand.slug, "source": brand.source, "retired": brand.retired, "names": names}


def _say(brand: ListedBrand, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_facts(brand), ensure_ascii=False))
        return
    names = ", ".join(f"({name.text})" if name.retired else name.text for name in brand.names)
    click.echo(f"{brand.slug}  {brand.source}  {'retired  ' if brand.retired else ''}{names}")


def _refused(refusal: Refusal, as_json: bool) -> None:
    with force_locale("zh_Hans_CN"):
        click.echo(sentence(refusal), err=True)
    if as_json:
        click.echo(json.dumps({"error": refusal.code}))
    sys.exit(2)


@group.command("add")
@click.argument("names", nargs=-1, required=True)
@click.option("--brand", "slug", help="The brand that gets the names; a new one without it.")
@click.option("--source", required=True, help="Where this is known from.")
@click.option("--note", help="A remark.")
@click.option("--alone", is_flag=True, help="They mean the brand only when nothing follows: short or common words.")
@_as
@_json
def add(
    names: tuple[str, ...], slug: str | None, source: str, note: str | None, alone: bool, username: str, as_json: bool
) -> None:
    """Add a brand called by NAMES in several scripts, or add NAMES to a brand."""
    typed = tuple(rules.lines_of("\n".join(clean(name) for name in names)))
    new = NewNames(typed, clean(source)[:400], clean(note)[:400] if note else None, alone)
    try:
        if not new.source:
            raise NameRefused("brand_source_missing")
        with unit_of_work():
            actor, now = accounts.actor_named(username), clock.now()
            if slug is None:
                brand = services.add_brand(new, actor=actor, now=now)
            else:
                brand = services.add_names(slug, new, actor=actor, now=now)
    except Refusal as refusal:
        _refused(refusal, as_json)
    _say(queries.by_slug(rules.slug_of(brand.code)), as_json)


def _change(slug: str, name: str | None, reason: str, username: str, as_json: bool, acts: tuple[Any, Any]) -> None:
    of_name, of_brand = acts
    try:
        if not clean(reason):
            raise NameRefused("brand_reason_missing")
        with unit_of_work():
            facts = {"reason": clean(reason)[:400], "actor": accounts.actor_named(username), "now": clock.now()}
            if name is None:
                of_brand(slug, **facts)
            else:
                of_name(slug, rules.key_of(name), **facts)
    except Refusal as refusal:
        _refused(NotFound("brand_unknown") if isinstance(refusal, NotFound) else refusal, as_json)
    _say(queries.by_slug(slug), as_json)


_ACTS = {
    "retire": (services.retire_name, services.retire_brand),
    "restore": (services.restore_name, services.restore_brand),
}
for _act, _services in _ACTS.items():

    @group.command(_act, help=f"{_act.capitalize()} a BRAND, or one name of it.")
    @click.argument("brand")
    @click.option("--name", help="The name; the whole brand without it.")
    @click.option("--reason", required=True)
    @_as
    @_json
    def _command(
        brand: str, name: str | None, reason: str, username: str, as_json: bool, acts: tuple[Any, Any] = _services
    ) -> None:
        _change(brand, name, reason, username, as_json, acts)


@group.command("list")
@click.argument("search", default="")
@click.option("--show", type=click.Choice(["all", "office", "retired"]), default="all", show_default=True)
@_as
@_json
def list_brands(search: str, show: str, username: str, as_json: bool) -> None:
    """Brands with SEARCH in a name, or all; with --json one object a line."""
    try:
        services.require_editor(accounts.actor_named(username))
    except Refusal as refusal:
        _refused(refusal, as_json)
    for brand in queries.wanted(clean(search), "" if show == "all" else show):
        _say(brand, as_json)


commands: list[AppGroup] = []  # the group hangs under `flask match`

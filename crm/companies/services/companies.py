"""Creating companies under their unique keys, adding names and identifiers, deciding about pairs, contacts: one at a time."""

from collections.abc import Container
from datetime import datetime
from typing import Any

from sqlalchemy import select

from crm.audit import services as audit
from crm.companies import queries
from crm.companies.models import Company, CompanyIdentifier, CompanyName, Contact, PairDecision, ParentChange
from crm.companies.queries import COMPANY
from crm.companies.rules import (
    IdentifierTaken,
    NameKind,
    NewCompany,
    ParentSame,
    check_parent,
    display_names,
    language_of,
    namesake_keys,
    pair,
)
from crm.core import ids
from crm.core.db import db, lock_key, lock_keys
from crm.core.identifiers import normalise_phone
from crm.matching import services as matching
from crm.matching.rules import forms_of, name_key
from crm.policy.rules import Actor


def hold_names(names: tuple[str, ...], identifiers: frozenset[tuple[str, str]] = frozenset()) -> None:
    """Let nobody else create a company of these names or identifiers until this transaction ends.

    The distinctive part is held too: two spellings whose keys differ (brackets around a legal form) would else both be first.
    """
    lock_keys(keys_held(names, identifiers))


def keys_held(names: tuple[str, ...], identifiers: frozenset[tuple[str, str]]) -> set[str]:
    """The words that are locked for a company of these names and identifiers."""
    keys = {name_key(name) for name in names} | {f"stem={forms_of(name).stem}" for name in names}
    return {f"company:{key}" for key in keys | {f"{scheme}={value}" for scheme, value in identifiers}}


def hold_company(company: Company) -> Company:
    """Let nobody merge the company away until this transaction ends; the one that stays, when somebody just did."""
    while True:
        held = select(Company).where(Company.id == company.id).with_for_update(read=True, key_share=True)
        company = db.session.scalars(held.execution_options(populate_existing=True)).one()
        if company.merged_into_id is None:
            return company
        company = queries.staying(company)


def create_company(new: NewCompany, *, actor: Actor, now: datetime) -> Company:
    """A new company, even where another has its name (the caller has a person's word that they differ).

    Raises IdentifierTaken when one of its identifiers belongs to another company.
    """
    hold_names((new.name, *new.other_names), new.identifiers)
    for owner in queries.by_identifiers(new.identifiers):
        raise IdentifierTaken(name=owner.name, public_id=owner.public_id)
    company = composed(new, _free_key(new.name), actor, now)
    db.session.add(company)
    db.session.flush()
    reindex(company)
    audit.record("company.created", subject=("company", company), facts={"name": company.name}, actor=actor, now=now)
    return company


def composed(new: NewCompany, key: str, actor: Actor, now: datetime) -> Company:
    """What a new company is stored as under this free key, with its names and identifiers; nothing is stored yet."""
    names = tuple(dict.fromkeys((new.name, *new.other_names)))
    name, original = display_names(names)
    company = Company(
        public_id=ids.new_public_id(),
        name=name,
        original_name=original,
        original_lang=language_of(original, new.country) if original else None,
        name_key=key,
        sort_key=forms_of(name).sort_key[:400],
        country=new.country,
        website=new.website,
        industry_text=new.industry_text,
        note=new.note,
        is_target=new.is_target,
        import_id=new.import_id,
        is_demo=new.is_demo,
        created_by_id=actor.user_id,
        created_at=now,
    )
    for text in names:
        _add_name_row(company, text, _kind_of(text, name, original), actor, now)
    company.identifiers = [_identifier(scheme, value, actor, now) for scheme, value in sorted(new.identifiers)]
    return company


def _free_key(name: str) -> str:
    keys = namesake_keys(name)
    return free_of(keys, set(db.session.scalars(select(Company.name_key).where(Company.name_key.in_(keys)))))


def free_of(keys: list[str], taken: Container[str]) -> str:
    """The first of a name's keys that no company has."""
    return next((key for key in keys if key not in taken), f"{keys[0]}#{ids.new_public_id()}")


def _kind_of(text: str, name: str, original: str | None) -> NameKind:
    if text == name:
        return NameKind.OFFICIAL
    return NameKind.ORIGINAL if text == original else NameKind.ALIAS


def _add_name_row(
    company: Company, text: str, kind: NameKind, actor: Actor, now: datetime, confirmed_at: datetime | None = None
) -> None:
    company.names.append(
        CompanyName(
            text=text,
            kind=kind,
            lang=language_of(text, company.country),
            key=name_key(text)[:250],
            added_by_id=actor.user_id,
            added_at=now,
            confirmed_at=confirmed_at,
        )
    )


def _identifier(scheme: str, value: str, actor: Actor, now: datetime) -> CompanyIdentifier:
    return CompanyIdentifier(scheme=scheme, value=value, added_by_id=actor.user_id, added_at=now)


def learn(company: Company, new: NewCompany, *, actor: Actor, now: datetime) -> None:
    """It is this one: keep the spellings and identifiers that were typed, fill what is still empty.

    A person's word confirms the spellings; an import's row does not, which the comparison itself may have put here.
    """
    taken = {(i.scheme, i.value) for c in queries.by_identifiers(new.identifiers) for i in c.identifiers}
    if take_over(company, new, taken, actor=actor, now=now):
        db.session.flush()
        reindex(company)


def take_over(company: Company, new: NewCompany, taken: Container[tuple[str, str]], *, actor: Actor, now: datetime) -> bool:
    """Write into the company what `learn` does, but for identifiers that are `taken`; whether the index has to know."""
    known = {name.key for name in company.names}
    fresh = [text for text in (new.name, *new.other_names) if name_key(text)[:250] not in known]
    for text in dict.fromkeys(fresh):
        _add_name_row(company, text, NameKind.ALIAS, actor, now, confirmed_at=now if new.import_id is None else None)
    have = {(i.scheme, i.value) for i in company.identifiers}
    added = [item for item in sorted(new.identifiers - have) if item not in taken]
    for scheme, value in added:
        company.identifiers.append(_identifier(scheme, value, actor, now))
    if company.original_name is None and fresh:
        company.original_name = fresh[0]
        company.original_lang = language_of(fresh[0], company.country)
    company.country = company.country or new.country
    company.website = company.website or new.website
    if fresh or added:
        facts = {"names": fresh, "identifiers": [list(item) for item in added]}
        audit.record("company.learned", subject=("company", company), facts=facts, actor=actor, now=now)
    return bool(fresh or added)


def reindex(company: Company) -> None:
    """Bring the name index up to date with the company, in the same transaction."""
    matching.index_subject(COMPANY, company.id, queries.subject_of(company))


def hold_groups() -> None:
    """Let nobody else change who is whose parent until this transaction ends: two changes could close a loop that neither sees.

    Taken before any company is locked.
    """
    lock_key("company-groups")


def set_parent(company: Company, parent: Company | None, reason: str, *, actor: Actor, now: datetime) -> None:
    """Put on record which company stands above this one in its group; None takes it off. Raises ParentSame, GroupLoop,
    GroupTooDeep.
    """
    hold_groups()
    company = hold_company(company)
    parent = hold_company(parent) if parent is not None else None
    if parent is not None:
        below = queries.storeys_below([company.id])
        check_parent(company.id, [parent.id, *queries.line_above(parent.id)], len(below))
    if company.parent_id == (parent.id if parent else None):
        raise ParentSame
    was, company.parent_id = company.parent_id, parent.id if parent else None
    change = ParentChange(
        company_id=company.id, parent_id=company.parent_id, reason=reason[:400], changed_by_id=actor.user_id, changed_at=now
    )
    db.session.add(change)
    db.session.flush()
    facts = {"parent": company.parent_id, "was": was, "reason": reason}
    audit.record("company.parent_set", subject=("company", company), facts=facts, actor=actor, now=now)


def decide_pair(a: Company, b: Company, verdict: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """Remember what a person said about two companies; a later word replaces an earlier one and both stay in the audit."""
    if a.id == b.id:
        return
    found = queries.decision(a.id, b.id)
    first, second = pair(a.id, b.id)
    if found is None:
        found = PairDecision(a_id=first, b_id=second)
        db.session.add(found)
    found.verdict, found.reason = verdict, reason[:400]
    found.decided_by_id, found.decided_at = actor.user_id, now
    facts = {"other": second if a.id == first else first, "verdict": verdict, "reason": reason}
    audit.record("company.pair_decided", subject=("company", a), facts=facts, actor=actor, now=now)


def take_back_decision(a_id: int, b_id: int, before: dict[str, Any] | None, *, actor: Actor, now: datetime) -> None:
    """Undo what was decided about two companies: what was said `before` counts again, nothing when that is None.

    `before` holds verdict, reason, decided_by_id, and decided_at as ISO text.
    """
    found = queries.decision(a_id, b_id)
    if found is None:
        return
    if before is None:
        db.session.delete(found)
    else:
        found.verdict, found.reason = before["verdict"], before["reason"]
        found.decided_by_id, found.decided_at = before["decided_by_id"], datetime.fromisoformat(before["decided_at"])
    facts = {"other": b_id, "verdict": before["verdict"] if before else None}
    audit.record("company.pair_undecided", subject=("company", a_id), facts=facts, actor=actor, now=now)


def add_contact(
    *,
    lead_id: int,
    company_id: int | None,
    name: str,
    title: str | None,
    phone: str | None,
    email: str | None,
    actor: Actor,
    now: datetime,
) -> Contact:
    """A person on the investor's side. The audit keeps that one was added, not who."""
    contact = Contact(
        lead_id=lead_id,
        company_id=company_id,
        name=name,
        title=title,
        phone=phone,
        phone_key=normalise_phone(phone) if phone else None,
        email=email,
        added_by_id=actor.user_id,
        added_at=now,
    )
    db.session.add(contact)
    audit.record("contact.added", subject=("lead", lead_id), actor=actor, now=now)
    return contact


def note_reveal(contact: Contact, reason: str, *, actor: Actor, now: datetime) -> None:
    """Somebody looked behind the mask, and why."""
    audit.record("contact.revealed", subject=("contact", contact), facts={"reason": reason}, actor=actor, now=now)

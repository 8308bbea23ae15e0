"""The group of an investor or a company, as pages show it."""

from typing import Any

from crm.accounts import queries as accounts
from crm.companies.models import Company
from crm.leads.models import Lead
from crm.leads.queries import groups
from crm.policy.rules import Actor


def group_on_page(lead: Lead, actor: Actor, there: set[str]) -> dict[str, Any]:
    """The group of a lead's investor; of one that stands alone there is nothing to read."""
    if lead.investor is None:
        return {"tree": None}
    if lead.investor.parent_id is None and "daughter" not in there:
        return {"tree": groups.Tree((groups.Member(0, lead.investor, here=True),)), "said_by": ""}
    return group_of(lead.investor, actor)


def group_of(company: Company, actor: Actor) -> dict[str, Any]:
    """A company's group, and who put its parent on record."""
    tree = groups.tree_of(company, actor)
    who = accounts.by_id(tree.said.changed_by_id) if tree.said else None
    return {"tree": tree, "said_by": who.name if who else ""}

"""Named writes of companies: one at a time, and the many of an import's chunk."""

from crm.companies.services.companies import (
    add_contact,
    create_company,
    decide_pair,
    hold_company,
    hold_groups,
    hold_names,
    learn,
    note_reveal,
    reindex,
    set_parent,
    take_back_decision,
)
from crm.companies.services.many import Many
from crm.companies.services.renewal import renew_company_keys, renew_name_keys

__all__ = [
    "Many", "add_contact", "create_company", "decide_pair", "hold_company", "hold_groups", "hold_names", "learn", "note_reveal",
    "reindex", "renew_company_keys", "renew_name_keys", "set_parent", "take_back_decision",
]  # fmt: skip

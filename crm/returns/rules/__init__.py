"""Weekly returns: weeks and their deadlines (weeks), states and refusals (states), statements and edits (lines)."""

from crm.returns.rules.lines import (
    BLANK,
    Edit,
    LeadUnknown,
    LineEdit,
    LineTooMany,
    NamesSealed,
    NewLine,
    Section,
    Source,
    Statement,
    in_order,
    names_in,
)
from crm.returns.rules.states import (
    AlreadyConfirmed,
    EmptyReason,
    NotOpen,
    ReasonNeeded,
    ReturnMoved,
    State,
    Status,
    WeekNotOpen,
    WithTheUnit,
    check_confirm,
    status_of,
)
from crm.returns.rules.weeks import Settings, Week, due_of, last_due, open_weeks, settings, week_of

__all__ = [
    "BLANK", "AlreadyConfirmed", "Edit", "EmptyReason", "LeadUnknown", "LineEdit", "LineTooMany", "NamesSealed", "NewLine",
    "NotOpen", "ReasonNeeded", "ReturnMoved", "Section", "Settings", "Source", "State", "Statement", "Status", "Week",
    "WeekNotOpen", "WithTheUnit", "check_confirm", "due_of", "in_order", "last_due", "names_in", "open_weeks", "settings",
    "status_of", "week_of",
]  # fmt: skip

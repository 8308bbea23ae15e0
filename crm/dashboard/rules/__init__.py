"""Dashboards: what is asked, which list each figure opens, funnel, medians, the line to a target."""

from crm.dashboard.rules.ask import (
    Ask,
    Earlier,
    Figure,
    Reader,
    Spell,
    Step,
    address_of,
    at,
    first_day,
    funnel,
    lacks,
    median,
    of_cohort,
    question_of,
)
from crm.dashboard.rules.line import Line, line_of

__all__ = [
    "Ask", "Earlier", "Figure", "Line", "Reader", "Spell", "Step", "address_of", "at", "first_day", "funnel", "lacks", "line_of", "median",
    "of_cohort", "question_of",
]  # fmt: skip

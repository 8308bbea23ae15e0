"""Named writes of supervised tasks, one verb a function. Each locks the task first: what two do at once has one winner."""

from crm.supervision.services.course import ask_time, close, feed_back, give_back, give_time, refuse_time, report
from crm.supervision.services.give import give_instruction
from crm.supervision.services.people import add_sponsor, delegate, end_delegation, end_sponsor
from crm.supervision.services.watching import look_after

__all__ = [
    "add_sponsor", "ask_time", "close", "delegate", "end_delegation", "end_sponsor", "feed_back", "give_back", "give_instruction",
    "give_time", "look_after", "refuse_time", "report",
]  # fmt: skip

"""Doors of supervised tasks: the list, one task and what is done about it, giving one, who acts for a leader, sponsors."""

from crm.supervision.views import deciding, giving, people, tasks
from crm.supervision.views.blueprint import bp

__all__ = ["bp", "deciding", "giving", "people", "tasks"]

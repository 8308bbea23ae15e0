"""Doors of the pipeline: moving, milestones, expected days, the table of gates, the queue of the second pair of eyes, pausing and ending."""

from crm.pipeline.views import expected, gate_tables, milestones, moving, queue, status
from crm.pipeline.views.blueprint import bp

__all__ = ["bp", "expected", "gate_tables", "milestones", "moving", "queue", "status"]

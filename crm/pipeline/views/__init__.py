"""Doors of the pipeline: moving, milestones, expected days, the queue of the second pair of eyes, pausing and ending."""

from crm.pipeline.views import expected, milestones, moving, queue, status
from crm.pipeline.views.blueprint import bp

__all__ = ["bp", "expected", "milestones", "moving", "queue", "status"]

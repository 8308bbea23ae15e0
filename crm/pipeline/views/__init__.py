"""Doors of the pipeline: moving, milestones, the queue of the second pair of eyes, pausing and ending."""

from crm.pipeline.views import milestones, moving, queue, status
from crm.pipeline.views.blueprint import bp

__all__ = ["bp", "milestones", "moving", "queue", "status"]

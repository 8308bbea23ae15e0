"""Doors of the pipeline."""

from crm.pipeline.views import moving
from crm.pipeline.views.blueprint import bp

__all__ = ["bp", "moving"]

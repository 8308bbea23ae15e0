"""Doors of assessment: schemes and trials (schemes), scores (runs), objections (objections)."""

from crm.assessment.views import objections, runs, schemes
from crm.assessment.views.blueprint import bp

__all__ = ["bp", "objections", "runs", "schemes"]

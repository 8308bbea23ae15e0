"""Doors of assessment: schemes, trials, scores (runs), objections (objections)."""

from crm.assessment.views import objections, runs, schemes, trials
from crm.assessment.views.blueprint import bp

__all__ = ["bp", "objections", "runs", "schemes", "trials"]

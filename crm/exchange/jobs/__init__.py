"""The long halves of an import as jobs."""

from crm.exchange.jobs.importing import apply, apply_now, judge, judge_now

__all__ = ["apply", "apply_now", "judge", "judge_now"]

"""Doors of the three batches: the rolling list (rolling), editions (editions), editions as files (files)."""

from crm.batches.views import editions, files, rolling
from crm.batches.views.blueprint import bp

__all__ = ["bp", "editions", "files", "rolling"]

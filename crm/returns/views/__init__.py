"""Doors of weekly returns: lists and a return (pages), writing one (editing), acting on it (acting), on many (confirming), files
of one (files) and of a week (weeks).
"""

from crm.returns.views import acting, confirming, editing, files, pages, weeks
from crm.returns.views.blueprint import bp

__all__ = ["acting", "bp", "confirming", "editing", "files", "pages", "weeks"]

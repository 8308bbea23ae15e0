"""Doors of weekly returns: lists and a return (pages), writing one (editing), acting on it (acting), it as a file (files)."""

from crm.returns.views import acting, editing, files, pages
from crm.returns.views.blueprint import bp

__all__ = ["acting", "bp", "editing", "files", "pages"]

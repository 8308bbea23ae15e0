"""Doors of accounts: signing in and one's own password, and the administration of people."""

from crm.accounts.views import sign_in, task_forces, users
from crm.accounts.views.blueprint import bp

__all__ = ["bp", "sign_in", "task_forces", "users"]

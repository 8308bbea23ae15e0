"""How much stands on one sheet of A4."""

from crm.reports.rules.fitting import fitted, fitted_brief
from crm.reports.rules.sheet import CAPS, Cut, cut, shortened

__all__ = ["CAPS", "Cut", "cut", "fitted", "fitted_brief", "shortened"]

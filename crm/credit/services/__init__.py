"""Named writes of attribution: credit_unit and correct_lines for the coordinator; share_by_terms, share_by_decision and take_back
for rooms above that have asked their own policy. The door hands in the lead, locked.
"""

from crm.credit.services.lines import correct_lines, credit_unit
from crm.credit.services.terms import share_by_decision, share_by_terms, take_back

__all__ = ["correct_lines", "credit_unit", "share_by_decision", "share_by_terms", "take_back"]

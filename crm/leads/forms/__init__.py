"""What an officer types about a lead."""

from crm.leads.forms.keeping import (
    AssessForm,
    ClaimReasonForm,
    ContactForm,
    EditForm,
    EvidenceForm,
    EvidenceTypeForm,
    ParentForm,
    ParentOffForm,
    RevealForm,
    SeenForm,
    TagForm,
)
from crm.leads.forms.registration import LeadForm, PasteForm, decisions_from

__all__ = [
    "AssessForm", "ClaimReasonForm", "ContactForm", "EditForm", "EvidenceForm", "EvidenceTypeForm", "LeadForm", "ParentForm", "ParentOffForm", "PasteForm", "RevealForm",
    "SeenForm", "TagForm", "decisions_from",
]  # fmt: skip

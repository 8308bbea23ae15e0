"""Named writes of leads, one verb a file: log_lead, report_again, assess_lead, edit_lead, tag_lead, add_contact, note_progress."""

from crm.leads.services.assess import assess_lead
from crm.leads.services.edit import add_contact, edit_lead, tag_lead
from crm.leads.services.log import log_lead
from crm.leads.services.notes import note_next_step, note_progress, note_stage
from crm.leads.services.report import Logged, report_again

__all__ = [
    "Logged", "add_contact", "assess_lead", "edit_lead", "log_lead", "note_next_step", "note_progress", "note_stage", "report_again",
    "tag_lead",
]  # fmt: skip

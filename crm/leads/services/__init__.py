"""Named writes of leads, one verb a file: log_lead, ManyLeads, report_again, assess_lead, grant_first_report, edit_lead, tag_lead, add_contact, reveal_contact, note_progress,
declare_parent, settle_matters, extend_claim, give_notice, release_claim, hand_over, begin_dispute, end_dispute,
set_next_step, link_phase, end_phase, put_to_event, tell_supplied, type_evidence.
"""

from crm.leads.services.assess import admit_new, assess_lead, grant_first_report, holder_of
from crm.leads.services.coordinate import make_up_for, settle_matters
from crm.leads.services.dispute import begin_dispute, end_dispute
from crm.leads.services.edit import add_contact, edit_lead, reveal_contact, set_total, tag_lead
from crm.leads.services.events import put_to_event
from crm.leads.services.evidence import tell_supplied, type_evidence
from crm.leads.services.group import declare_parent, take_parent_off
from crm.leads.services.hand_over import HandOver, choose_owner, hand_over
from crm.leads.services.log import log_lead
from crm.leads.services.log_many import ManyLeads
from crm.leads.services.notes import (
    note_contracted,
    note_expected,
    note_next_step,
    note_progress,
    note_stage,
    note_stage_day,
    note_status,
    set_next_step,
)
from crm.leads.services.phases import end_phase, link_phase
from crm.leads.services.protect import extend_claim, give_notice, release_by_rules, release_claim, tell_holder
from crm.leads.services.report import Logged, report_again

__all__ = [
    "HandOver", "Logged", "ManyLeads", "add_contact", "admit_new", "assess_lead", "begin_dispute", "choose_owner", "declare_parent", "edit_lead", "end_dispute", "end_phase", "extend_claim", "give_notice", "grant_first_report", "hand_over", "holder_of", "link_phase", "log_lead", "make_up_for", "note_contracted", "note_expected", "note_next_step",
    "note_progress", "note_stage", "note_stage_day", "note_status", "put_to_event", "release_by_rules", "release_claim", "report_again", "reveal_contact", "set_next_step", "set_total", "settle_matters", "tag_lead", "take_parent_off", "tell_holder", "tell_supplied", "type_evidence",
]  # fmt: skip

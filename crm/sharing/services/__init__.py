"""Sharing a lead and giving it a code name. The door hands in the lead, locked: leads lie above this room."""

from crm.sharing.services.assist import answer_request, ask_to_assist
from crm.sharing.services.seal import consent_seal, look_after_seal, renew_seal, seal_lead, unseal_lead
from crm.sharing.services.share import Holder, end_share, go_with, grant, share_lead, stop_share

__all__ = [
    "Holder", "answer_request", "ask_to_assist", "consent_seal", "end_share", "go_with", "grant", "look_after_seal", "renew_seal",
    "seal_lead", "share_lead", "stop_share", "unseal_lead",
]  # fmt: skip

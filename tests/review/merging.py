"""What the room that merges does, as far as the review can tell: the record that goes leaves the index and hands over its leads."""

from types import SimpleNamespace

from sqlalchemy import select

from crm.companies import queries as companies
from crm.companies import services as company_services
from crm.companies.queries import COMPANY
from crm.core.db import db
from crm.leads.models import Lead
from crm.matching import services as matching


class FakeMerging:
    """Remembers what it was asked, and can take it back."""

    def __init__(self):
        self.made = {}
        self.undone = []

    def merge_companies(self, keep_public_id, lose_public_ids, choices, *, reason, actor, now):
        keep, (lose,) = companies.by_public_id(keep_public_id), map(companies.by_public_id, lose_public_ids)
        leads = list(db.session.scalars(select(Lead).where(Lead.investor_id == lose.id)))
        for lead in leads:
            lead.project_slot += 50
            lead.investor = keep
        matching.drop_subject(COMPANY, lose.id)
        merge = SimpleNamespace(public_id=f"merge{len(self.made):017d}")
        told = [SimpleNamespace(name=one.name, public_id=one.public_id) for one in (keep, lose)]
        self.made[merge.public_id] = (*told, [lead.id for lead in leads], reason, choices)
        return merge

    def undo_merge(self, merge_public_id, *, actor, now):
        _keep, lose, leads, _reason, _choices = self.made[merge_public_id]
        lose = companies.by_public_id(lose.public_id)
        for lead_id in leads:
            lead = db.session.get_one(Lead, lead_id)
            lead.project_slot -= 50
            lead.investor = lose
        company_services.reindex(lose)
        self.undone.append(merge_public_id)

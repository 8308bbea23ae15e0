"""What is refused about disputes. That one is open is said by the lead itself (crm.leads.rules.lead.LeadDisputed)."""

from crm.core.errors import AlreadyDone, Refusal


class DisputeClosed(AlreadyDone):
    """The dispute has gone on: decided, withdrawn, or under review already."""

    code = "dispute_closed"


class DecidedLately(AlreadyDone):
    """A decision about this lead may still be reviewed. `facts`: day."""

    code = "dispute_lately"


class ReviewOver(AlreadyDone):
    """Nobody asked for a review in time. `facts`: day."""

    code = "dispute_review_over"


class FinallyDecided(AlreadyDone):
    """The headquarters reviewed a dispute of these sides about this lead: that stands."""

    code = "dispute_final"


class NoHeadquarters(Refusal):
    """Nobody works at the headquarters who could review it."""

    code = "dispute_no_headquarters"


class NoOtherSide(Refusal):
    """No other unit has to do with the lead: there is nobody to differ with."""

    code = "dispute_no_side"


class OtherLeadUnfit(Refusal):
    """The other lead is this one, was merged away, or cannot be read by whoever names it."""

    code = "dispute_other_lead"


class WhyNeeded(Refusal):
    """This needs its reason."""

    code = "dispute_reason"


class OwnerUnfit(Refusal):
    """Whoever is to lead it does not work in the unit that is to follow it."""

    code = "dispute_owner"


class DecisionUnfit(Refusal):
    """A decision says who took it, and on which day up to today."""

    code = "dispute_decision"

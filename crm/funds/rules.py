"""What may stand for first funds."""

from crm.core.errors import AlreadyDone, Refusal


class NoProof(Refusal):
    """An arrival without proof shows no milestone."""

    code = "funds_no_proof"


class NotStanding(AlreadyDone):
    """Another line stands in the place of this one, or it is not the lead's."""

    code = "funds_not_standing"


class NotChosen(Refusal):
    """No arrival was chosen."""

    code = "funds_not_chosen"

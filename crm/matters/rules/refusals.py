"""What is refused about matters."""

from crm.core.errors import AlreadyDone, Refusal


class MatterMoved(AlreadyDone):
    """The matter has gone on: somebody has answered it, closed it, sent it back or up."""

    code = "matter_moved"


class NoLevelAbove(AlreadyDone):
    """It lies with the headquarters already, or there are none."""

    code = "matter_top"


class TextNeeded(Refusal):
    """This needs its words."""

    code = "matter_text"


class PersonUnfit(Refusal):
    """The person does not work in the unit that the matter is to lie with."""

    code = "matter_person"


class LeadUnfit(Refusal):
    """The lead was merged into another, or has ended."""

    code = "matter_lead"

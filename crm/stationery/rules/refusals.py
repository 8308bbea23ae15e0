"""What is refused about templates."""

from crm.core.errors import AlreadyDone, Refusal
from crm.core.papers.faults import Fault

LARGEST = 4 * 1024 * 1024  # bytes; a letterhead with its emblem has less than one million


class TemplateRefused(Refusal):
    """The file cannot be used as a template. `faults`: everything that is wrong with it; none when it is the file as such."""

    code = "template_refused"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


class SameTemplate(AlreadyDone):
    """This very file is in use."""

    code = "template_same"


class TemplateMoved(AlreadyDone):
    """Somebody has replaced the template since the page was opened."""

    code = "template_moved"


class NothingToLeave(AlreadyDone):
    """The product's own template is in use already."""

    code = "template_shipped_already"

"""What is refused about schemes, runs and objections."""

from dataclasses import dataclass

from crm.core.errors import AlreadyDone, Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of a formula file: where (line and column count from 1), which kind, what stands there."""

    line: int
    column: int
    code: str
    what: str = ""


class SchemeUnfit(Refusal):
    """The formula file cannot be used. `faults`: every error that was found, in the order of the file."""

    code = "score_scheme_unfit"

    def __init__(self, faults: list[Fault]) -> None:
        first = faults[0]
        super().__init__(line=first.line, column=first.column, fault=first.code, what=first.what, count=len(faults))
        self.faults = faults


class SchemeThere(AlreadyDone):
    """This version of the scheme was loaded before; what it says is never changed. A change is a new version."""

    code = "score_scheme_there"


class SchemeNotYet(Refusal):
    """The scheme comes into force after the period has ended. `facts`: valid_from."""

    code = "score_scheme_early"


class ContestPeriod(Refusal):
    """A contest is for one period and no other. `facts`: period."""

    code = "score_contest_period"


class BesideMissing(Refusal):
    """The score to compare with is of another period than those tried. `facts`: period."""

    code = "score_beside"


class PeriodAhead(Refusal):
    """A period that has not begun has nothing to count."""

    code = "score_period_ahead"


class PeriodOpen(Refusal):
    """A period is published once it is over. `facts`: last."""

    code = "score_period_open"


class NobodyScored(Refusal):
    """There is no unit of the kind that the scheme scores."""

    code = "score_nobody"


class RunThere(AlreadyDone):
    """This period has a run of the scheme already: it is recomputed, or, once published, corrected by objection."""

    code = "score_run_there"


class RunPublished(AlreadyDone):
    """What was published is frozen."""

    code = "score_run_published"


class RunMoved(AlreadyDone):
    """Somebody has recomputed it since the page was opened: look again before publishing."""

    code = "score_run_moved"


class ObjectionClosed(Refusal):
    """The days for objections are over, or the run is not published. `facts`: until."""

    code = "score_objection_closed"
    status = 409


class ObjectionThere(AlreadyDone):
    """The unit has objected to this line, and waits for the answer."""

    code = "score_objection_there"


class ObjectionAnswered(AlreadyDone):
    """It was answered."""

    code = "score_objection_answered"


class ReasonNeeded(Refusal):
    """No objection, and no answer, without its reason."""

    code = "score_reason"


class PointsUnfit(Refusal):
    """No adjustment: unreadable, nothing, with too many decimals, or beyond all measure. `facts`: places."""

    code = "score_points"


class TooManyFiles(Refusal):
    """More files than an objection takes. `facts`: most."""

    code = "score_files"


class TooManyPeriods(Refusal):
    """More periods than are tried at once. `facts`: most."""

    code = "score_periods"

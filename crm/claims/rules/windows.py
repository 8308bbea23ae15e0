"""Go-live windows: what is refused."""

from datetime import date, timedelta

from crm.core.errors import AlreadyDone, Refusal

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=366)  # so far ahead one may be planned


class WindowThere(AlreadyDone):
    """There is a window that has not ended: one at a time."""

    code = "go_live_window_there"


class NoWindow(AlreadyDone):
    """There is no window that has not ended (any more)."""

    code = "go_live_no_window"


class WindowDays(Refusal):
    """It begins today or later, within a year, and ends on that day or later, within another."""

    code = "go_live_days"


class WindowReasonNeeded(Refusal):
    """Opening and closing a window, and settling a conflict, are given a reason."""

    code = "go_live_reason"


class ConflictSettled(AlreadyDone):
    """The conflict is settled, or has other sides by now."""

    code = "go_live_settled"


class EarlierWindow(Refusal):
    """A conflict of an earlier window is not settled while another is open: what it grants would be of that one."""

    code = "go_live_earlier"
    status = 409


class SideUnfit(Refusal):
    """The side that is to hold the first report is none of the conflict's."""

    code = "go_live_side"


class ClaimProvisional(Refusal):
    """Its clock has not begun: there is nothing to prolong."""

    code = "claim_provisional"
    status = 409


def check_days(first: date, last: date, today: date) -> None:
    """Raise WindowDays unless a window may have these days."""
    if not today <= first <= today + FARTHEST or not first <= last <= first + LONGEST:
        raise WindowDays

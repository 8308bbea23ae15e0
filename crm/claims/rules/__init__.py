"""First report: what is refused, how it is numbered."""

from crm.core.errors import AlreadyDone, Refusal


class AlreadyClaimed(AlreadyDone):
    """The lead has a live first report."""

    code = "already_claimed"


class NoLiveClaim(AlreadyDone):
    """The lead has no live first report (any more)."""

    code = "no_live_claim"


class ExtensionsUsedUp(AlreadyDone):
    """It was extended as often as its rules allow. `facts`: most."""

    code = "extensions_used_up"


class ClaimAtRest(Refusal):
    """The project is signed, ended or in dispute: the clock does not run."""

    code = "claim_at_rest"
    status = 409


class NotRunOut(Refusal):
    """It has not run out: nothing to give notice of, nothing to release."""

    code = "claim_not_run_out"
    status = 409


class AlreadyNoticed(AlreadyDone):
    """Notice has been given. `facts`: day from which it may be released."""

    code = "already_noticed"


class NobodyToTell(Refusal):
    """There is nobody whom a notice could reach."""

    code = "nobody_to_tell"
    status = 409


class NoticeNotOver(Refusal):
    """No notice was delivered, or its days have not passed. `facts`: day, when one was."""

    code = "notice_not_over"
    status = 409


class ClaimReasonNeeded(Refusal):
    """An extension or a release is given a reason."""

    code = "claim_reason_needed"


def claim_number(city: str, year: int, serial: int) -> str:
    """SB-2026-0147 in the city's own letters: SZ-SB-2026-0147."""
    return f"{city}-SB-{year}-{serial:04d}"

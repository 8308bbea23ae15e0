"""Money: kinds of arrivals, what stands in a ledger, slips of zeros and units, reading the official table, what a page asks for."""

from crm.money.rules.arrivals import (
    LARGEST,
    Before,
    Entry,
    NewReceipt,
    ReceiptKind,
    Slip,
    SlipCode,
    Totals,
    check,
    first_of,
    in_force,
    signature,
    slips,
    total,
)
from crm.money.rules.question import NEAR, Question, differs, question_of
from crm.money.rules.refusals import (
    AlreadyApplied,
    CodeUnknown,
    LaterImport,
    LineCorrected,
    NothingToApply,
    NotPositive,
    RatesUnfit,
    ReasonNeeded,
    ReceiptFuture,
    ReceiptTooLarge,
    ReceiptTooOld,
    SlipsUnchecked,
    TableUnfit,
)

__all__ = [
    "LARGEST", "NEAR", "AlreadyApplied", "Before", "CodeUnknown", "Entry", "LaterImport", "LineCorrected", "NewReceipt",
    "NotPositive", "NothingToApply", "Question", "RatesUnfit", "ReasonNeeded", "ReceiptFuture", "ReceiptKind", "ReceiptTooLarge",
    "ReceiptTooOld", "Slip", "SlipCode", "SlipsUnchecked", "TableUnfit", "Totals", "check", "differs", "first_of", "in_force",
    "question_of", "signature", "slips", "total",
]  # fmt: skip

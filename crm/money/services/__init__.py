"""Named writes of money: lines of the ledger, official tables, whose credit code is whose."""

from crm.money.services.official import apply_table, link_code, take_table, undo_table
from crm.money.services.receipts import Proof, add_receipt, correct_receipt, weigh

__all__ = ["Proof", "add_receipt", "apply_table", "correct_receipt", "link_code", "take_table", "undo_table", "weigh"]

"""Rules of matching: normalise a name, turn it into index tokens, judge two subjects. All pure."""

from crm.matching.rules.judge import get_ready, judge, mark_ranges
from crm.matching.rules.kinds import Certainty, Judgement, Late, NameForms, Reason, Subject, Token, Verdict
from crm.matching.rules.normalise import fold, forms_of, forms_of_subject, name_key
from crm.matching.rules.tokens import search_tokens, tokens_of

__all__ = [
    "Certainty", "Judgement", "Late", "NameForms", "Reason", "Subject", "Token", "Verdict", "fold", "forms_of",
    "forms_of_subject", "get_ready", "judge", "mark_ranges", "name_key", "search_tokens", "tokens_of",
]  # fmt: skip

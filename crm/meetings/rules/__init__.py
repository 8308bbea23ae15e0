"""Meeting packs: how much of each part stands on paper, which days lie since the last meeting."""

from crm.meetings.rules.pack import CAPS, AskerGone, PackState, Part, Span, horizon, span_of

__all__ = ["CAPS", "AskerGone", "PackState", "Part", "Span", "horizon", "span_of"]

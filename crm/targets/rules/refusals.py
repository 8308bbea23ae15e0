"""What is refused about targets and figures."""

from crm.core.errors import AlreadyDone, Refusal


class ValueUnreadable(Refusal):
    """That is no number."""

    code = "target_value"


class ValueNegative(Refusal):
    """Less than nothing."""

    code = "target_negative"


class ValueOver(Refusal):
    """Beyond all measure: the unit is wrong."""

    code = "target_over"


class ValuePercent(Refusal):
    """A share of more than the whole."""

    code = "target_percent"


class ValueWhole(Refusal):
    """Firms and centres come whole."""

    code = "target_whole"


class ValuePlaces(Refusal):
    """More decimals than are kept."""

    code = "target_places"


class ValueZero(Refusal):
    """A target of nothing is none."""

    code = "target_zero"


class PeriodUnreadable(Refusal):
    """No year, quarter or month."""

    code = "target_period"


class MonthUnreadable(Refusal):
    """No month."""

    code = "figure_month"


class FigureFuture(Refusal):
    """A figure of a month that has not come."""

    code = "figure_future"


class SourceNeeded(Refusal):
    """A figure or target without its source."""

    code = "target_source"


class PlaceUnfit(Refusal):
    """No such district or cluster, or none in use."""

    code = "target_place"


class IndicatorUnknown(Refusal):
    """No such indicator."""

    code = "target_indicator"


class TargetUnchanged(Refusal):
    """The same as is in force."""

    code = "target_unchanged"


class TargetMoved(AlreadyDone):
    """Somebody has set it since the page was opened, or it was replaced."""

    code = "target_moved"


class FigureCorrected(AlreadyDone):
    """Another figure stands in its place already."""

    code = "figure_corrected"


class ValidTooEarly(Refusal):
    """From a day before the version that it replaces."""

    code = "target_valid_from"


class FigureThere(Refusal):
    """This month has a figure already: it is corrected, not entered again."""

    code = "figure_there"

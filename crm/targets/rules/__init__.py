"""Targets: indicators, periods, how far one is, what is refused."""

from crm.targets.rules.indicators import (
    SCALE,
    Indicator,
    Nature,
    Operator,
    Place,
    Section,
    Shipped,
    as_number,
    indicators,
    plan_as_of,
    plan_source,
    read_value,
    sections,
    shipped,
    written,
)
from crm.targets.rules.periods import Period, Progress, end_of, month_of, period_of, progress_of
from crm.targets.rules.refusals import (
    FigureCorrected,
    FigureFuture,
    FigureThere,
    IndicatorUnknown,
    MonthUnreadable,
    PeriodUnreadable,
    PlaceUnfit,
    SourceNeeded,
    TargetMoved,
    TargetUnchanged,
    ValidTooEarly,
    ValueNegative,
    ValueOver,
    ValuePercent,
    ValuePlaces,
    ValueUnreadable,
    ValueWhole,
    ValueZero,
)

__all__ = [
    "SCALE", "FigureCorrected", "FigureFuture", "FigureThere", "Indicator", "IndicatorUnknown", "MonthUnreadable", "Nature",
    "Operator", "Period", "PeriodUnreadable", "Place", "PlaceUnfit", "Progress", "Section", "Shipped", "SourceNeeded",
    "TargetMoved", "TargetUnchanged", "ValidTooEarly", "ValueNegative", "ValueOver", "ValuePercent", "ValuePlaces",
    "ValueUnreadable", "ValueWhole", "ValueZero", "as_number", "end_of", "indicators", "month_of", "period_of", "plan_as_of", "plan_source",
    "progress_of", "read_value", "sections", "shipped", "written",
]  # fmt: skip

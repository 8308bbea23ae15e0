"""Money against time: the running sum of a year against the line that leads to its target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Line:
    """A year's running sums in 万美元, the goal that the line leads to (None: none set), of which year that goal is, and how far
    the newest month is from the line (negative: below it). `before`: the running sums of the year before by month, as far as no
    month of it is missing.
    """

    year: int
    points: Sequence[tuple[int, int]]
    goal: int | None
    goal_year: int | None
    last: int
    apart: int | None
    before: Mapping[int, int] = field(default_factory=dict)

    @property
    def before_whole(self) -> bool:
        """Whether the year before is known in every month that this year has: only then are the two compared."""
        return self.last in self.before

    @property
    def done(self) -> int | None:
        """How much of the goal has come, in tenths of a percent."""
        return 1000 * self.points[-1][1] // self.goal if self.goal and self.points else None

    @property
    def gone(self) -> int:
        """How much of the year the newest month closes, in tenths of a percent."""
        return 1000 * self.last // 12


def line_of(
    year: int, running: Sequence[tuple[int, int]], goals: dict[int, int], before: Mapping[int, int] | None = None
) -> Line:
    """The line of a year: to its own goal, else to that of the next year that has one."""
    goal_year = next((one for one in sorted(goals) if one >= year), None)
    goal = goals[goal_year] if goal_year is not None else None
    last = running[-1][0] if running else 0
    apart = running[-1][1] - goal * last // 12 if running and goal else None
    return Line(year, running, goal, goal_year, last, apart, before or {})

"""How well the two districts' workbooks are understood: `python3 dev.py bench expected`. Recall and precision of the marked answer
(tests/data/expected.json): duplicates inside each file and between the districts, and rows refused. JSON on standard output.
"""

import json
from typing import Any

from crm.core.money import Money
from crm.core.workbooks import reading
from crm.exchange import services
from crm.exchange.rules import judging, mapping, twins
from tests.exchange.test_expected import DATA, EXPECTED, FILES, TODAY, rates

SECOND = 100_000  # added to the rows of the second file


def measured(found: set[tuple[int, int]], told: set[tuple[int, int]]) -> dict[str, Any]:
    """Recall and precision of pairs of rows."""
    right = found & told
    return {
        "told": len(told), "found": len(found), "right": len(right),
        "recall": round(len(right) / len(told), 3), "precision": round(len(right) / max(1, len(found)), 3),
        "missed": sorted(told - found), "too many": sorted(found - told),
    }  # fmt: skip


def pairs(subjects: dict[int, Any]) -> set[tuple[int, int]]:
    """Pairs of rows that a person is asked about."""
    return set(twins.pairs(subjects))


def _whole(kept: list[Any] | None) -> int | None:
    return int(Money(*kept).major) if kept else None


def main() -> None:
    """Read, judge, compare."""
    answer: dict[str, Any] = {}
    subjects: dict[int, Any] = {}
    for number, name in enumerate(FILES):
        sheets = reading.read_sheets((DATA / name).read_bytes(), "xlsx")
        table = mapping.find_table(sheets, mapping.LEAD_COLUMNS, need=("title",))
        judge = judging.Judge(table, today=TODAY, rates=rates())
        rows = {n: judge.lead(n) for n in table.rows}
        here = {n: services.subject_of(v.values) for n, v in rows.items() if v.names and not v.refused}
        subjects |= {n + number * SECOND: subject for n, subject in here.items()}
        told = EXPECTED["files"][name]
        refused = {n for n, v in rows.items() if v.refused}
        wanted = {p["row"] for p in told["problems"] if p["severity"] == "error"}
        asked = {int(n): told_ for n, told_ in told["rows"].items() if "see" not in told_}
        sums = [_whole(rows[n].values["total"]) == (told_["total"] or {}).get("amount") for n, told_ in asked.items()]
        answer[name] = {
            "rows": len(rows), "refused": len(refused), "refused rightly": len(refused & wanted), "to refuse": len(wanted),
            "sums read rightly": f"{sum(sums)} of {len(sums)}",
            "duplicates inside": measured(pairs(here), {tuple(sorted(p["rows"])) for p in told["duplicates_inside"]}),
        }  # fmt: skip
    across = {(a, b) for a, b in pairs(subjects) if a < SECOND <= b}
    answer["between the districts"] = measured(across, {(p["a"], p["b"] + SECOND) for p in EXPECTED["duplicates_across"]})
    print(json.dumps(answer, ensure_ascii=False))


if __name__ == "__main__":
    main()

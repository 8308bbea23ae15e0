"""How well names are judged, slice by slice: `python -m tests.bench.matching_pairs PAIRS.jsonl[.gz]`, JSON on standard output.

A line of the file is {"a", "b", "same": 1/0, "slice"}. Without a file the eighteen probe pairs of tests/matching are used.
Figures: average precision and best F1 of the score, F1 at the shipped verdict, recall at precision 0.95, and per slice the
share of each verdict. `--wrong SLICE` lists what was judged wrongly there.
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from crm.matching.rules import Subject, Verdict, judge, training

PROBE = Path(__file__).resolve().parent.parent / "matching" / "probe_pairs.json"


def read_pairs(path: Path) -> list[dict[str, Any]]:
    """The labelled pairs of a file."""
    if path == PROBE:
        rows = json.loads(path.read_text("utf-8"))
        return [{"a": r["a"], "b": r["b"], "same": int("same" in r["allowed"]), "slice": "probe"} for r in rows]
    return training.read_pairs(path)


def best_f1(scored: list[tuple[float, int]]) -> tuple[float, float]:
    """The best F1, and its threshold."""
    ranked = sorted(scored, key=lambda item: -item[0])
    positives = sum(label for _score, label in ranked) or 1
    hits, best, threshold = 0, 0.0, 0.0
    for index, (score, label) in enumerate(ranked):
        hits += label
        if index + 1 < len(ranked) and ranked[index + 1][0] == score:
            continue
        f1 = 2 * hits / (positives + index + 1)
        if f1 > best:
            best, threshold = f1, score
    return best, threshold


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of some judged rows."""
    scored = [(row["score"], row["same"]) for row in rows]
    said = sum(row["verdict"] is Verdict.SAME for row in rows)
    right = sum(row["verdict"] is Verdict.SAME and row["same"] for row in rows)
    positives = sum(row["same"] for row in rows)
    best, threshold = best_f1(scored)
    figures = {
        "n": len(rows),
        "ap": training.average_precision(scored),
        "best_f1": best,
        "best_at": threshold,
        "r_at_p95": training.recall_at_95(scored),
        "precision": right / (said or 1),
        "recall": right / (positives or 1),
        "f1": 2 * right / ((said + positives) or 1),
    }
    return {name: round(value, 4) for name, value in figures.items()}


def main() -> int:
    """Judge the pairs and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="?", type=Path, default=PROBE)
    parser.add_argument("--wrong", help="list wrongly judged pairs of a slice instead")
    options = parser.parse_args()
    rows = read_pairs(options.pairs)
    start = time.perf_counter()
    for row in rows:
        found = judge(Subject((row["a"],), row.get("a_country")), Subject((row["b"],), row.get("b_country")))
        row["score"], row["verdict"], row["reasons"] = found.score, found.verdict, [r.code for r in found.reasons]
    seconds = time.perf_counter() - start
    if options.wrong:
        for row in rows:
            if row["slice"] == options.wrong and (row["verdict"] is Verdict.SAME) != bool(row["same"]):
                sys.stdout.write(f"{row['score']:.3f} {row['verdict']:9} {row['a']} | {row['b']}  {' '.join(row['reasons'])}\n")
        return 0
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["slice"]].append(row)
        groups["cross-script" if row["slice"].startswith(("x_", "nx_")) else "same-script"].append(row)
    totals = {name: summary(groups[name]) for name in ("same-script", "cross-script") if groups[name]}
    slices = {name: {"n": len(group), **{v: round(c / len(group), 3) for v, c in Counter(r["verdict"] for r in group).items()},
                     "score": round(sum(r["score"] for r in group) / len(group), 3)}
              for name, group in sorted(groups.items()) if group and name not in totals}  # fmt: skip
    pace = {"seconds": round(seconds, 2), "microseconds_a_pair": round(seconds / len(rows) * 1e6)}
    answer = {**pace, "all": summary(rows), **totals, "slices": slices}
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

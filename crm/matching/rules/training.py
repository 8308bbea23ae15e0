"""Learning the judge's model from labelled pairs, and saying honestly how good it is. Only this needs scikit-learn.

Everything is measured on firms that were kept apart: the pairs are split by a hash of their firm, and names of public registers
that ship with the brand table are forgotten first, so that no firm is recognised because it was seen.
"""

import gzip
import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from math import log
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from crm.matching.rules import brands, scorecard, wordlists
from crm.matching.rules.evidence import Features, features_of, meeting
from crm.matching.rules.judge import SAME_FROM, judge
from crm.matching.rules.kinds import NameForms, Subject, Verdict
from crm.matching.rules.lexicon import Lexicon, grams, latin_words, leftover_keys, leftovers
from crm.matching.rules.neighbours import neighbours, registered
from crm.matching.rules.normalise import forget_forms, forms_of
from crm.matching.rules.scorecard import Forest, Model, row_of
from crm.matching.rules.western import western

FOLDS = 5
TREES = {
    "max_iter": 300, "learning_rate": 0.05, "max_leaf_nodes": 31, "min_samples_leaf": 20, "l2_regularization": 3.0,
    "max_features": 0.3, "random_state": 1, "early_stopping": False,
}  # fmt: skip
# The forest that tells a firm from strangers, and from which log odds on two names are none: of made-up ones one in 1,000 is.
GATE = {**TREES, "max_iter": 80, "learning_rate": 0.1, "max_leaf_nodes": 20}
LEAST = -3.0
_SEEN, _SHARE, _TOLD = 3, 0.25, 4  # how often a translation, how surely, and how often a word left out, to be kept
_TOLD_BY_US = 0.7  # how surely a word of our own dictionary is said in the other language
Row = dict[str, Any]


def read_pairs(path: Path) -> list[Row]:
    """The labelled pairs of a file of JSON lines, gzipped or not: {"a", "b", "same", "slice", "entity"}."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def train(rows: list[Row], say: Callable[[str], None], *, report: bool, at_once: int = 1) -> Model:
    """The model learned from all rows; with `report` the cross-validated figures are said first, `at_once` folds side by side."""
    forget_registers()
    made = registered(rows) + neighbours(rows) + western(rows)
    for row in rows:
        row["fold"] = _fold(row["entity"])
    if not report:
        return _fit(rows, made)
    with ProcessPoolExecutor(at_once) as pool:
        whole = pool.submit(_fit, rows, made) if at_once > 1 else None
        for judged in pool.map(_judged_apart, range(FOLDS), [rows] * FOLDS, [made] * FOLDS):
            for place, found in judged.items():
                rows[place] |= found
        for line in report_lines(rows):
            say(line)
        return whole.result() if whole else _fit(rows, made)


def _judged_apart(fold: int, rows: list[Row], made: list[Row]) -> dict[int, Row]:
    """Place of each row of a fold -> what is said about it by who learned from the other folds."""
    brands.use(None)
    forget_registers()
    kept = [row for row in made if fold not in {_fold(row[firm]) for firm in ("entity", "other") if firm in row}]
    scorecard.use(_fit([row for row in rows if row["fold"] != fold], kept))
    found: dict[int, Row] = {}
    for place, row in enumerate(rows):
        if row["fold"] == fold:
            judged = judge(Subject((row["a"],)), Subject((row["b"],)))
            found[place] = {"score": judged.score, "verdict": judged.verdict, "trees": scorecard.score_of(*_forms(row))}
    scorecard.use(None)
    return found


def forget_registers() -> None:
    """Leave the names of public registers out of the brand table, in this process: the firms to learn from are among them."""
    table = wordlists.brands()
    for key in [key for key, brand in table.items() if brand.startswith("reg:")]:
        del table[key]
    forget_forms()


def _fold(entity: str, salt: str = "") -> int:
    return int(hashlib.sha256(f"{salt}{entity}".encode()).hexdigest(), 16) % FOLDS


def _forms(row: Row) -> tuple[NameForms, NameForms]:
    return forms_of(row["a"]), forms_of(row["b"])


def _fit(rows: list[Row], made: list[Row]) -> Model:
    """Word tables, then trees. A pair's features are made with tables learned from other firms, as they will be in life.

    `made`: pairs beside those told that are learned from as well; of those that differ the word tables learn nothing.
    """
    import numpy

    worded = rows + subsidiaries(rows) + [row for row in made if row["same"]]
    told = worded + [row for row in made if not row["same"]]
    apart = strangers(rows)
    seen: list[tuple[str, Features]] = [("", {})] * (len(told) + len(apart))
    for fold in range(FOLDS):
        tables = learn_words([row for row in worded if _fold(row["entity"], "words") != fold])
        for index, row in enumerate(told + apart):
            if _fold(row["entity"], "words") == fold:
                seen[index] = features_of(*_forms(row), tables)
    names = sorted({name for _meeting, found in seen for name in found})
    figures = numpy.array([row_of(names, *pair) for pair in seen])
    labels = numpy.array([row["same"] for row in told] + [0] * len(apart))
    weights = numpy.array([row.get("weight", 1.0) for row in told])
    trees = _grown(TREES, figures[: len(told)], labels[: len(told)], weights)
    kept = numpy.array([bool(row["same"]) for row in told] + [True] * len(apart))  # one firm, or strangers; no neighbours
    return Model(names, learn_words(worded), trees, _grown(GATE, figures[kept], labels[kept], None), LEAST)


def _grown(how: dict[str, Any], figures: Any, labels: Any, weights: Any) -> Forest:
    from sklearn.ensemble import HistGradientBoostingClassifier  # type: ignore[import-untyped]

    learner = HistGradientBoostingClassifier(**how).fit(figures, labels, sample_weight=weights)
    trees = [_branch(stage[0].nodes, 0) for stage in learner._predictors]
    return Forest(round(float(learner._baseline_prediction[0][0]), 4), trees, figures.shape[1])


def _branch(nodes: Any, at: int) -> Any:
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    sides = [_branch(nodes, int(node[side])) for side in ("left", "right")]
    return [int(node["feature_idx"]), round(float(node["num_threshold"]), 5), *sides]


_CHINESE = ("{}(中国)有限公司", "北京{}技术有限公司", "{}电子(苏州)有限公司", "上海{}贸易有限公司", "{}(中国)投资有限公司")
_ENGLISH = ("{} (China) Co., Ltd.", "{} Electronics (Suzhou) Co., Ltd.", "{} Shanghai Trading Co., Ltd.", "{} Energy AG",
            "{} (China) Investment Co., Ltd.", "{} Holdings (Asia Pacific) Ltd.")  # fmt: skip
_OWN_CHINESE, _OWN_ENGLISH = ("{}公司", "{}有限公司"), ("{} Inc.", "{} AG", "{} GmbH", "{} Co., Ltd.", "{} Corporation")


def subsidiaries(rows: list[Row]) -> list[Row]:
    """Made pairs of a brand and a Chinese subsidiary (not one firm), or the brand with its own legal form (one firm)."""
    chance = random.Random(7)  # noqa: S311 (drawn the same way every time, on purpose)
    made = []
    for row in rows:
        if not (row["same"] and (row["slice"].startswith("x_brand") or (row["slice"] == "x_zhshort_en"))):
            continue
        latin, other = sorted((row["a"], row["b"]), key=lambda name: not name.isascii())
        if not latin.isascii() or other.isascii():
            continue
        for name, other_name in ((latin, other), (other, latin)):
            shapes, own = (_ENGLISH, _OWN_ENGLISH) if name.isascii() else (_CHINESE, _OWN_CHINESE)
            if forms_of(name).legal:
                continue
            for shape in chance.sample(shapes, 2):
                made.append((name, shape.format(name), 0, row))
                made.append((other_name, shape.format(name), 0, row))
            made.append((name, chance.choice(own).format(name), 1, row))
    return [{"a": a, "b": b, "same": same, "slice": "made", "entity": row["entity"], "weight": 0.5} for a, b, same, row in made]


def strangers(rows: list[Row]) -> list[Row]:
    """Made pairs of firms that have nothing to do with each other: by chance, by how their names begin to sound, mostly in two
    scripts, five to a name; and two to each short name that people type.

    The labelled pairs that differ were all chosen for being alike; who has seen only those thinks that two names with nothing in
    common may well be one firm.
    """
    chance = random.Random(5)  # noqa: S311 (drawn the same way every time, on purpose)
    names = sorted({(row[side], row["entity"]) for row in rows for side in ("a", "b")})
    called = sorted({(_called(name), firm) for name, firm in names if len(_called(name)) > 1})
    sounding: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, firm in names:
        for sound in forms_of(name).readings[:2]:
            sounding[sound[:2]].append((name, firm))
    made = []
    for some in (names, called):
        latin = [one for one in some if one[0].isascii()] or some
        other = [one for one in some if not one[0].isascii()] or some
        for name, firm in some:
            across = latin if not name.isascii() else other
            drawn = [chance.choice(across), chance.choice(some)]
            if some is names:
                near = sounding[(forms_of(name).readings or ("",))[0][:2]] or names
                drawn += [chance.choice(near), chance.choice(near), chance.choice(across)]
            made += [
                {"a": name, "b": met, "same": 0, "slice": "made", "entity": firm, "other": whose}
                for met, whose in drawn
                if whose != firm
            ]
    return made


def _called(name: str) -> str:
    """What people call a firm in short: its first Latin word, or up to four signs of its distinctive part."""
    forms = forms_of(name)
    return (forms.words or (forms.stem,))[0] if forms.script == "latin" else forms.stem[:4]


def learn_words(rows: list[Row]) -> Lexicon:
    """Which words translate each other and which may be left out, as statistics over these rows and the shipped registers.

    Of made pairs nothing is learned about leaving out: their few words would weigh more than they do in life.
    """
    signs: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for told in _bilingual(rows).values():
        runs = {run for _latin, other in told for run, _at in grams(other.whole)}
        words = {word for latin, _other in told for word in latin_words(latin.folded) if len(word) > 1}
        signs.update(runs)
        both.update((run, word) for run in runs for word in words)
    meanings = {run: dict.fromkeys(words, _TOLD_BY_US) for run, words in wordlists.dictionary().items()}
    for (run, word), count in both.items():
        share = count / (signs[run] + 0.7)
        if count >= _SEEN and share >= _SHARE:
            known = meanings.setdefault(run, {})
            known[word] = max(round(share, 2), known.get(word, 0.0))
    kept, dropped = Counter[str](), Counter[str]()
    once: set[tuple[str, int, str]] = set()
    for row in rows:
        a, b = _forms(row)
        if row["slice"] != "made" and meeting(a, b) != "cross" and (fuzz.ratio(a.core, b.core) >= 50 or a.stem[:2] == b.stem[:2]):
            left, right = leftovers(a, b)
            short = a.legal in ("", "short") or b.legal in ("", "short")
            once |= {(row["entity"], row["same"], key) for key in leftover_keys(left + right, short=short)}
    for _firm, same, key in once:
        (kept if same else dropped)[key] += 1
    level = (sum(dropped.values()) or 1) / (sum(kept.values()) or 1)
    odds = {
        word: round(log((kept[word] + 1) / (dropped[word] + 1) * level), 2)
        for word in {**kept, **dropped}
        if kept[word] + dropped[word] >= _TOLD
    }
    return Lexicon(meanings, odds)


def _bilingual(rows: list[Row]) -> dict[str, list[tuple[NameForms, NameForms]]]:
    """Firm -> the (Latin, other) forms of it, from the rows, and from the registers for the firms of the rows."""
    found: dict[str, list[tuple[NameForms, NameForms]]] = {row["entity"]: [] for row in rows}
    for row in rows:
        a, b = _forms(row)
        if row["same"] and meeting(a, b) == "cross":
            found[row["entity"]].append((a, b) if a.script == "latin" else (b, a))
    for firm, names in wordlists.register_names():
        if firm in found:
            latin, other = sorted(names[:2], key=lambda name: not name.isascii())
            found[firm].append((forms_of(latin), forms_of(other)))
    return found


def save(model: Model, folder: Path) -> None:
    """Write the model's two data files."""
    source = "Learned by `flask match train` from labelled pairs of company names; only statistics are kept."
    gate = {"bias": model.gate.bias, "least": model.least, "trees": model.gate.trees}
    trees = {"source": source, "features": model.features, "bias": model.trees.bias, "trees": model.trees.trees, "gate": gate}
    words = {"source": source, "meanings": _sorted(model.lexicon.meanings), "leftovers": _sorted(model.lexicon.leftovers)}
    for name, content in (("trees.json", trees), ("lexicon.json", words)):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(text + "\n", "utf-8")


def _sorted(table: dict[str, Any]) -> dict[str, Any]:
    return {key: _sorted(value) if isinstance(value, dict) else value for key, value in sorted(table.items())}


def average_precision(scored: list[tuple[float, int]]) -> float:
    """Area under precision over recall; ties count as one step."""
    groups: dict[float, list[int]] = defaultdict(list)
    for score, label in scored:
        groups[score].append(label)
    positives, hits, seen, area = sum(label for _score, label in scored) or 1, 0, 0, 0.0
    for score in sorted(groups, reverse=True):
        hits, seen = hits + sum(groups[score]), seen + len(groups[score])
        area += sum(groups[score]) / positives * hits / seen
    return area


def recall_at_95(scored: list[tuple[float, int]]) -> float:
    """The recall at the lowest threshold that keeps a precision of 0.95; of a tie the wrong ones count first."""
    ranked, hits, best = sorted(scored, key=lambda pair: (-pair[0], pair[1])), 0, 0
    for index, (_score, label) in enumerate(ranked, start=1):
        hits += label
        best = hits if hits >= 0.95 * index else best
    return best / (sum(label for _score, label in ranked) or 1)


def _f1(rows: list[Row]) -> float:
    said = [row["same"] for row in rows if row["verdict"] is Verdict.SAME]
    return 2 * sum(said) / ((len(said) + sum(row["same"] for row in rows)) or 1)


def _same_from(rows: list[Row], least: float) -> list[Row]:
    """The rows called one firm if the verdict began at a score of `least`; what is held back as related stays so."""
    return [row for row in rows if row["score"] >= least and row["verdict"] is not Verdict.RELATED]


def nested_f1(rows: list[Row], chosen_on: list[Row]) -> tuple[float, list[float]]:
    """F1 of `rows` where each fold's threshold is the best one on the other folds of `chosen_on`; those thresholds."""

    def f1_from(some: list[Row], least: float) -> float:
        said = [row["same"] for row in _same_from(some, least)]
        return 2 * sum(said) / ((len(said) + sum(row["same"] for row in some)) or 1)

    grid = [step / 100 for step in range(46, 71)]  # whom the gate calls strangers is below, whatever the threshold
    told: list[float] = []
    said = hits = 0
    for fold in range(FOLDS):
        others = [row for row in chosen_on if row["fold"] != fold]
        told.append(max(grid, key=lambda least: (f1_from(others, least), -abs(least - 0.5))))
        same = [row["same"] for row in _same_from([row for row in rows if row["fold"] == fold], told[-1])]
        said, hits = said + len(same), hits + sum(same)
    return 2 * hits / ((said + sum(row["same"] for row in rows)) or 1), told


def report_lines(rows: list[Row]) -> Iterable[str]:
    """The figures on firms kept apart, with 95 % intervals (3rd and 98th of 100 redrawn samples); then every slice's verdicts."""
    chance = random.Random(11)  # noqa: S311 (drawn the same way every time, on purpose)
    cross = [row for row in rows if row["slice"].startswith(("x_", "nx_"))]
    written = [row for row in rows if not row["slice"].startswith(("x_", "nx_"))]
    measures: dict[str, Callable[[list[Row]], float]] = {
        "AP": lambda some: average_precision([(row["score"], row["same"]) for row in some]),
        "F1 of the verdict": _f1,
        "recall at precision 0.95": lambda some: recall_at_95([(row["score"], row["same"]) for row in some]),
    }
    for title, some in (("all", rows), ("same script", written), ("two scripts", cross)):
        for name, measure in measures.items():
            drawn = sorted(measure(chance.choices(some, k=len(some))) for _ in range(100)) if some else [0.0]
            yield f"{title:12} {name:25} {measure(some):.4f}  [{drawn[len(drawn) // 40]:.4f}, {drawn[-1 - len(drawn) // 40]:.4f}]"
        f1, told = nested_f1(some, rows)
        yield f"{title:12} F1, threshold told apart  {f1:.4f}  each fold at the best threshold of the other four: {told}"
        said = [row["same"] for row in some if row["trees"] >= SAME_FROM]
        alone = 2 * sum(said) / ((len(said) + sum(row["same"] for row in some)) or 1)
        yield f"{title:12} F1 of the trees alone     {alone:.4f}  no rule after them"
    for name in sorted({row["slice"] for row in rows}):
        verdicts = Counter(row["verdict"].value for row in rows if row["slice"] == name)
        total = verdicts.total()
        yield f"{name:18} {total:5}  " + "  ".join(f"{v} {verdicts[v] / total:.3f}" for v in ("same", "related", "different"))

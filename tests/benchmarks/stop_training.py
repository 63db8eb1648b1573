"""Learn from invented lines what tells a stop from a signal or a jam, and store the model in the package.

    python -m tests.benchmarks.stop_training

Needs scikit-learn. Most lines differ widely in their habits, so that the model does not learn one city; some have those
of ``tests.benchmarks.stops``, but never its seeds. What must speak for a stop (support, reports) and against one (rides
that tell but did not here, crossing vehicles that halt too) is held to that by constraints.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from mapping_service.fuse.density import dense_places
from mapping_service.fuse.judge import MODEL
from mapping_service.fuse.stops import between_ends, call_weight, place_traits
from mapping_service.fuse.traits import TRAITS
from mapping_service.parameters import Parameters
from mapping_service.records import Floats
from tests.benchmarks.scoring import matched
from tests.benchmarks.stop_lines import Habits, invented_line, on_axis, placed

WIDE, PLAIN, FIRST_SEED = 800, 160, 100_000
NEAR_M = 30.0
FOR, AGAINST = ("support", "told", "told_share", "stood", "others_stood", "others_told"), ("withheld", "crossing_stood")
SERVICE = ((3.0, 2.5), (1.5, 1.5), (4.0, 2.0), (4.0, 1.0))
RIDES = (1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 15, 20)


def main() -> None:
    """Make the lines, grow the trees, write them down."""
    p = Parameters()
    wide = [(seed, _habits(seed)) for seed in range(FIRST_SEED, FIRST_SEED + WIDE)]
    plain = [(seed, _plain(seed)) for seed in range(FIRST_SEED + WIDE, FIRST_SEED + WIDE + PLAIN)]
    made = [found for seed, habits in wide + plain if (found := _examples(seed, habits, p)) is not None]
    x, y = np.concatenate([a for a, _ in made]), np.concatenate([b for _, b in made])
    print(f"{len(made)} lines, {len(y)} places, {y.mean():.3f} of them stops")
    MODEL.write_text(stored(grown(x, y)), "utf-8")


def _habits(seed: int) -> Habits:
    rng = np.random.default_rng([seed, 1])
    kind = rng.choice(["silent", "some", "most"], p=[0.35, 0.25, 0.4])
    told = {"silent": 0.0, "some": rng.uniform(0.1, 0.5), "most": rng.uniform(0.75, 1.0)}[str(kind)]
    least_m = float(rng.uniform(150, 350))
    return Habits(
        rides=int(rng.choice(RIDES)), told_share=float(told), tellers=float(rng.choice([1.0, rng.uniform(0.3, 1)])),
        marks_all=bool(kind == "most" and rng.random() < 0.5), streets=bool(rng.random() < 0.4),
        others=bool(rng.random() < 0.6), spacing_m=(least_m, least_m + float(rng.uniform(150, 500))),
        beside_signal=float(rng.uniform(0.1, 0.4)), signal_share=float(rng.uniform(0.1, 0.6)),
        hailed_m=float(rng.choice([0.0, rng.uniform(600, 2500)])), gps_m=float(rng.uniform(5, 10)),
        driver_m=float(rng.uniform(4, 15)), dwell_s=float(rng.uniform(8, 40)), service=SERVICE[int(rng.integers(4))],
        signal_halt=float(rng.uniform(0.3, 0.6)), signal_max_s=float(rng.uniform(30, 90)), jams=int(rng.integers(1, 8)),
        stray_share=float(rng.uniform(0, 0.15)), reaction_s=float(rng.uniform(3, 15)),
        jam_halt_s=float(rng.uniform(10, 60)), other_halts_per_km=float(rng.uniform(0, 2)),
    )


def _plain(seed: int) -> Habits:
    """Return the habits of a line as the benchmark draws them."""
    rng = np.random.default_rng([seed, 1])
    told, streets = float(rng.choice([0.0, 0.3])), bool(rng.random() < 0.5)
    return Habits(rides=int(rng.choice(RIDES)), told_share=told, streets=streets)


def _examples(seed: int, habits: Habits, p: Parameters) -> tuple[Floats, Floats] | None:
    """Return traits and truth of the places of a line; ``None`` where cleaning cuts one of its rides in two."""
    try:
        line = invented_line(seed, habits)
    except ValueError:
        return None
    on, surroundings = placed(line, p)
    inner = between_ends(on, p)
    places, owner = dense_places(on.halts.at_m[inner], call_weight(on.halts, p)[inner], p)
    right = np.zeros(len(places))
    pairs, _ = matched(on_axis(line.stops_m), on_axis(places), NEAR_M)
    right[[j for _, j in pairs]] = 1.0
    return place_traits(on, places, owner, inner, surroundings), right


def grown(x: Floats, y: Floats) -> Any:
    """Return the fitted trees."""
    constraints = {**dict.fromkeys(FOR, 1), **dict.fromkeys(AGAINST, -1)}
    return HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.08, max_leaf_nodes=12, max_depth=5, min_samples_leaf=40, l2_regularization=5.0,
        monotonic_cst=[constraints.get(name, 0) for name in TRAITS], random_state=0,
    ).fit(x, y)


def stored(trees: Any) -> str:
    """Return the trees as JSON: per node trait, bound, left, right, whether unknown goes left, value."""
    rows, depth = [], 0
    for (one,) in trees._predictors:
        nodes = one.nodes
        depth = max(depth, int(nodes["depth"].max()))
        rows.append([_node(k, node) for k, node in enumerate(nodes)])
    head = {"traits": list(TRAITS), "base": float(trees._baseline_prediction.ravel()[0]), "depth": depth}
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    return json.dumps(head)[:-1] + ', "trees": [\n' + lines + "\n]}\n"


def _node(number: int, node: Any) -> list[float]:
    if node["is_leaf"]:
        return [0, 0, number, number, 0, round(float(node["value"]), 5)]
    bound = float(f"{float(node['num_threshold']):.6g}")
    return [int(node["feature_idx"]), bound, int(node["left"]), int(node["right"]), int(node["missing_go_to_left"]), 0]


if __name__ == "__main__":
    main()

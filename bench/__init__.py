"""Benchmarks of the portal: ``make bench`` prints one JSON line for each.

Machines differ, so each figure stands beside a peer's that was measured in the same
run: ``ratio`` is ``value`` divided by ``peer_value`` and travels better than either.
Nothing is asserted about time. Where a line has a ``floor``, ``reached`` says whether the
run came up to it, and the last line names those that did not; ``aim`` is for the reader.
"""

import json
import operator
import os
from collections.abc import Iterable
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # here, because the modules of this package import models

COMPARISONS = {">=": operator.ge, "<=": operator.le}
missed: list[str] = []  # of this run, a line each


@dataclass(frozen=True)
class Pair:
    """What one round measured of a subject and, at nearly the same moment, of its peer."""

    value: float
    peer_value: float

    @property
    def ratio(self) -> float:
        return self.value / self.peer_value


def middle(rounds: Iterable[Pair]) -> Pair:
    """The round with the median ratio, whole: medians of both sides would mix two moments."""
    by_ratio = sorted(rounds, key=lambda pair: pair.ratio)
    return by_ratio[len(by_ratio) // 2]


def report(name: str, pair: Pair, unit: str, *, peer: str, floor: str = "", **more: object) -> None:
    """Print one line; ``floor`` is like "ratio >= 0.9", ``more`` are keys of its own."""
    line = {
        "name": name,
        "value": _short(pair.value),
        "unit": unit,
        "peer": peer,
        "peer_value": _short(pair.peer_value),
        "ratio": _short(pair.ratio),
        **more,
    }
    if floor:
        line |= {"floor": floor, "reached": _reached(floor, line)}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _reached(floor: str, line: dict[str, object]) -> bool:
    key, sign, bound = floor.split()
    reached = COMPARISONS[sign](line[key], float(bound))
    if not reached:
        missed.append(f"{line['name']}: {key} {line[key]}, {floor} asked for")
    return reached


def _short(number: float) -> float:
    """Three significant figures: more would be noise."""
    return float(f"{number:.3g}")

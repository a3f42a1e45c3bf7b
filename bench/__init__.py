"""Benchmarks of the portal: ``make bench`` prints one JSON line for each.

Machines differ, so each figure stands beside a peer's that was measured in the same
run: ``ratio`` is ``value`` divided by ``peer_value`` and travels better than either.
Nothing is asserted about time; ``aim``, where there is one, is for the reader.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()  # here, because the modules of this package import models


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


def report(name: str, pair: Pair, unit: str, *, peer: str, **more: object) -> None:
    """Print one line; ``more`` are keys of its own, such as ``aim``."""
    line = {
        "name": name,
        "value": _short(pair.value),
        "unit": unit,
        "peer": peer,
        "peer_value": _short(pair.peer_value),
        "ratio": _short(pair.ratio),
        **more,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _short(number: float) -> float:
    """Three significant figures: more would be noise."""
    return float(f"{number:.3g}")

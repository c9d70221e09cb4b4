"""Percentiles from counts: every figure falls into a step, each a tenth wider than the one below it.

Step n reaches from 1.1ⁿ up to 1.1ⁿ⁺¹. Counts of steps can be added over hours and providers, which percentiles
cannot. A percentile is told as the middle of its step, so it is right to within 5 %, at any size.
"""

from collections.abc import Mapping
from math import ceil

WIDTH = 1.1

Counts = Mapping[int, int]


def percentile(counts: Counts, share: float) -> float | None:
    """The figure that `share` of all do not exceed (nearest rank), to within 5 %; None without any."""
    wanted = ceil(share * sum(counts.values()))
    for step in sorted(counts):
        wanted -= counts[step]
        if wanted <= 0:
            return float(WIDTH ** (step + 0.5))
    return None


def read(stored: Mapping[str, int]) -> dict[int, int]:
    """Counts as they are stored: JSON has no numbers for keys."""
    return {int(step): count for step, count in stored.items()}


def add(to: dict[int, int], more: Counts) -> None:
    for step, count in more.items():
        to[step] = to.get(step, 0) + count

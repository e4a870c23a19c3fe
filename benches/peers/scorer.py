"""One neutral scorer for everybody's predictions.

A line is `recommended ids, best first; the rest of the session, next item first; current item`,
ids parted by commas, as `confidant evaluate sessions --predictions OUT` writes it. HR@k is the
share of lines whose next item stands among the first k; MRR@k the mean of one over its rank, zero
for a miss. A target is a repeat when it equals the current item.
"""

from typing import NamedTuple


class Quality(NamedTuple):
    """The measures of one group of targets."""

    targets: int
    hit_rate: float
    reciprocal_rank: float

    def __str__(self):
        return f"{self.targets:>6}{self.hit_rate:>9.4f}{self.reciprocal_rank:>9.4f}"


GROUPS = ("all", "non-repeat", "repeat")


def rank(recommended, target, k):
    """The rank of the target from 1, or 0 for a miss."""
    for place, item in enumerate(recommended[:k], start=1):
        if item == target:
            return place
    return 0


def quality(ranks):
    if not ranks:
        return Quality(0, 0.0, 0.0)
    hits = sum(one > 0 for one in ranks)
    return Quality(len(ranks), hits / len(ranks), sum(1 / one for one in ranks if one) / len(ranks))


def parts(line):
    recommended, rest, current = line.rstrip("\n").rsplit(";", 2)
    split = lambda text: text.split(",") if text else []
    return split(recommended), split(rest), current


def score(lines, k):
    """Group to quality."""
    ranks = {group: [] for group in GROUPS}
    for line in lines:
        recommended, rest, current = parts(line)
        found = rank(recommended, rest[0], k)
        ranks["all"].append(found)
        ranks["repeat" if rest[0] == current else "non-repeat"].append(found)
    return {group: quality(found) for group, found in ranks.items()}

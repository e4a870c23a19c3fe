"""TIFU-kNN written a second time, in numpy, from the published formula.

Reads the split that `confidant evaluate baskets --split-out DIR --json > REPORT` wrote, computes
vectors, neighbors, lists and qualities in floating point, and compares them with the report. Ends
with exit code 1 when a quality differs by more than one in a million.

Formula (Hu, He, Gao, Zhang: "Modeling personalized item frequency information for next-basket
recommendation", SIGIR 2020): baskets, oldest first, in m groups, the newest groups taking what
does not come out even; basket j of a group of size t weighs r_b^(t-j)/t, group g r_g^(m-g)/m;
score = alpha * own vector + (1 - alpha) * mean of the vectors of the k nearest customers. Only
customers who share an item can be near; ties go to the smaller customer number and item id.
"""

import argparse
import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

# Floating-point sums of equal terms differ in their last digits; ours are whole numbers.
DIGITS = 9
TOLERANCE = 1e-6


def read(path):
    """Customer to basket number to items."""
    found = defaultdict(lambda: defaultdict(list))
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[int(row["customer"])][int(row["basket"])].append(row["item"])
    return found


def vector(baskets, shape):
    """Item to weight."""
    baskets = baskets[-shape["baskets_max"] :]
    m = min(shape["groups"], len(baskets))
    size, larger = divmod(len(baskets), m)
    weights, at = defaultdict(float), 0
    for g in range(1, m + 1):
        t = size + (1 if g > m - larger else 0)
        for j in range(1, t + 1):
            share = shape["r_b"] ** (t - j) / t * shape["r_g"] ** (m - g) / m
            for item in set(baskets[at]):
                weights[item] += share
            at += 1
    return weights


def matrix(train, shape, customers, number):
    rows, columns, values = [], [], []
    for customer, baskets in train.items():
        for item, weight in vector([baskets[b] for b in sorted(baskets)], shape).items():
            rows.append(customer)
            columns.append(number[item])
            values.append(weight)
    return csr_matrix((values, (rows, columns)), shape=(customers, len(number)))


def nearest(vectors, squares, customer, shape):
    own = vectors[customer]
    dots = np.asarray((vectors @ own.T).todense()).ravel()
    dots[customer] = 0.0
    others = np.flatnonzero(dots > 0)
    if shape["nearness"] == "cosine":
        near = dots[others] / (np.sqrt(squares[customer]) * np.sqrt(squares[others]))
    else:
        near = 2.0 * dots[others] - squares[customer] - squares[others]
    order = np.lexsort((others, -np.round(near, DIGITS)))
    return others[order[: shape["k"]]]


def ranked(vectors, squares, customer, shape, floor):
    """(items best first, whether each was bought)"""
    own = np.asarray(vectors[customer].todense()).ravel()
    bought = np.zeros(own.shape, dtype=bool)
    bought[vectors[customer].indices] = True
    neighbors = vectors[nearest(vectors, squares, customer, shape)]
    sums = np.asarray(neighbors.sum(axis=0)).ravel()
    supporters = np.bincount(neighbors.indices, minlength=own.size)
    sums[supporters < floor] = 0.0
    alpha = shape["alpha"]
    scores = alpha * own + (1 - alpha) * sums / max(1, neighbors.shape[0])
    listed = np.flatnonzero((scores > 0) | bought)
    order = np.lexsort((listed, -np.round(scores[listed], DIGITS)))
    listed = listed[order]
    return listed, bought[listed]


def score(items, target, k):
    hits = [1.0 / np.log2(rank + 2) for rank, item in enumerate(items[:k]) if item in target]
    best = sum(1.0 / np.log2(rank + 2) for rank in range(min(k, len(target))))
    return len(hits) / len(target), sum(hits) / best, float(bool(hits))


def measure(train, test, vectors, number, shape, floors, lengths):
    """(method, floor, k, group) to the scores of each basket; and our longest lists at floor 1."""
    squares = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()
    found, lists = defaultdict(list), {}
    for customer in sorted(test):
        ((_, target),) = test[customer].items()
        target = {number[item] for item in target}
        known = set(vectors[customer].indices)
        groups = {"all": target, "repeat": target & known, "explore": target - known}
        for floor in floors:
            listed, bought = ranked(vectors, squares, customer, shape, floor)
            methods = {
                "TIFU-kNN": listed,
                "TIFU-kNN, repeat": listed[bought],
                "TIFU-kNN, explore": listed[~bought],
            }
            if floor == 1:
                lists[customer] = listed[: max(lengths)]
            for method, items in methods.items():
                for k in lengths:
                    for group, sought in groups.items():
                        if sought:
                            found[method, floor, k, group].append(score(items, sought, k))
    return found, lists


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", type=Path, required=True, help="the folder of --split-out")
    parser.add_argument("--report", type=Path, required=True, help="what --json printed")
    parser.add_argument("--each", action="store_true", help="prints every single number")
    arguments = parser.parse_args()
    report = json.loads(arguments.report.read_text(encoding="utf-8"))
    last = report["splits"][0]
    settings = last["settings"]
    shape = {
        "groups": settings["groups"],
        "r_b": settings["basket_decay"] / 1000,
        "r_g": settings["group_decay"] / 1000,
        "alpha": settings["own_share"] / 1000,
        "k": settings["neighbors_max"],
        "nearness": settings["nearness"],
        "baskets_max": settings["baskets_max"],
    }
    train, test = read(arguments.split / "train.csv"), read(arguments.split / "test.csv")
    items = {item for side in (train, test) for of in side.values() for b in of.values() for item in b}
    # By the bytes of the id, as ties are broken.
    ids = sorted(items, key=lambda item: item.encode("utf-8"))
    number = {item: place for place, item in enumerate(ids)}
    vectors = matrix(train, shape, max(train) + 1, number)
    rows = [row for row in last["rows"] if row["method"].startswith("TIFU")]
    floors = sorted({row["supporters_min"] for row in rows})
    lengths = sorted({row["k"] for row in rows})
    found, lists = measure(train, test, vectors, number, shape, floors, lengths)

    print(f"{len(train)} customers, {len(ids)} items, {len(test)} baskets predicted; {shape}")
    print(f"{'method':<20}{'floor':>6}{'k':>4}  {'group':<8}{'measure':<8}{'ours':>12}{'peer':>12}{'gap':>10}")
    worst = 0.0
    for row in rows:
        for group in ("all", "repeat", "explore"):
            key = (row["method"], row["supporters_min"], row["k"], group)
            means = np.mean(found[key], axis=0) if found[key] else np.zeros(3)
            for name, peer in zip(("recall", "ndcg", "hit_rate"), means):
                ours = row[group][name]
                worst = max(worst, abs(ours - peer))
                if not arguments.each and (group != "all" or name == "hit_rate"):
                    continue
                print(f"{key[0]:<20}{key[1]:>6}{key[2]:>4}  {group:<8}{name:<8}{ours:>12.6f}{peer:>12.6f}{abs(ours - peer):>10.1e}")
    ours = read(arguments.split / "lists.csv")
    same = sum(
        [number[item] for of in ours[customer].values() for item in of] == list(items)
        for customer, items in lists.items()
    )
    print(f"lists of {max(lengths)} that are equal item by item: {same} of {len(lists)}")
    print(f"largest gap {worst:.1e}, allowed {TOLERANCE:.0e}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())

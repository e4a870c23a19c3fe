"""`implicit` (PyPI) on the very session split that `confidant evaluate sessions` uses.

Learns TRAIN (columns SessionId, ItemId, Time; tab or comma; plain or zstd), chooses each model's
parameters on VALID, and predicts every next item of TEST. The sessions are the users. What the
model is asked with is chosen on VALID too: the current item, the newest four items weighted by
their nearness to the end, or the whole visit. Predictions go to files in the format of
`confidant evaluate sessions --predictions`, and `scorer` scores those and ours (--ours) alike.
"""

import argparse
import io
import os
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import zstandard
from implicit.cpu.als import AlternatingLeastSquares
from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender
from implicit.utils import ParameterWarning
from scipy.sparse import csr_matrix

import scorer

# It warns about matrices that it makes itself.
warnings.simplefilter("ignore", ParameterWarning)

ZSTD = b"\x28\xb5\x2f\xfd"


def read(path):
    """The sessions, each a list of item ids in order of time, in order of their names."""
    raw = Path(path).read_bytes()
    if raw.startswith(ZSTD):
        raw = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(raw).read()
    lines = io.StringIO(raw.decode("utf-8")).read().splitlines()
    delimiter = "\t" if "\t" in lines[0] else ","
    header = lines[0].split(delimiter)
    session, item, at = (header.index(name) for name in ("SessionId", "ItemId", "Time"))
    rows = {}
    for line in lines[1:]:
        cells = line.split(delimiter)
        rows.setdefault(cells[session], []).append((float(cells[at]), cells[item]))
    # A stable sort keeps rows of one instant as they stood.
    return [[item for _, item in sorted(own, key=lambda row: row[0])] for own in rows.values()]


def current_only(visit):
    return {visit[-1]: 1.0}


def newest_four(visit):
    found = {}
    newest = visit[-4:]
    for place, item in enumerate(newest, start=1):
        found[item] = place / len(newest)
    return found


def whole_visit(visit):
    return dict.fromkeys(visit, 1.0)


PROFILES = {"current item": current_only, "newest four": newest_four, "whole visit": whole_visit}


def candidates():
    """Name to the parameters that are tried and how a model is made of them."""
    neighbors = [{"K": k} for k in (20, 100, 500)]
    factors = [
        {"factors": f, "regularization": r, "alpha": a}
        for f in (64, 256)
        for r in (0.01, 0.1)
        for a in (1.0, 20.0)
    ]
    als = lambda **given: AlternatingLeastSquares(iterations=15, random_state=1, num_threads=1, **given)
    return {
        "item-kNN, cosine": (neighbors, lambda **given: CosineRecommender(num_threads=1, **given)),
        "item-kNN, TF-IDF": (neighbors, lambda **given: TFIDFRecommender(num_threads=1, **given)),
        "item-kNN, BM25": (neighbors, lambda **given: BM25Recommender(num_threads=1, **given)),
        "ALS": (factors, als),
    }


class Learned:
    """A fitted model and the names of its items."""

    def __init__(self, model, train, number, ids):
        rows, columns = [], []
        for session, items in enumerate(train):
            for item in set(items):
                rows.append(session)
                columns.append(number[item])
        values = np.ones(len(rows), dtype=np.float32)
        model.fit(csr_matrix((values, (rows, columns)), shape=(len(train), len(ids))), show_progress=False)
        self.model, self.number, self.ids = model, number, ids
        self.is_factors = isinstance(model, AlternatingLeastSquares)

    def recommend(self, profile, count):
        known = {self.number[item]: weight for item, weight in profile.items() if item in self.number}
        if not known:
            return []
        values = np.array(list(known.values()), dtype=np.float32)
        row = csr_matrix((values, ([0] * len(known), list(known))), shape=(1, len(self.ids)))
        more = {"recalculate_user": True} if self.is_factors else {}
        found, scores = self.model.recommend(0, row, N=count, filter_already_liked_items=False, **more)
        good = (found >= 0) if self.is_factors else (found >= 0) & (scores > 0)
        return [self.ids[item] for item in found[good]]


def predict(learned, test, profile, k):
    """Lines with the current item excluded and with it allowed, and seconds per list."""
    excluded, allowed, spent = [], [], []
    for visit in test:
        for end in range(1, len(visit)):
            current, rest = visit[end - 1], visit[end:]
            start = time.perf_counter()
            found = learned.recommend(profile(visit[:end]), k + 1)
            spent.append(time.perf_counter() - start)
            tail = f";{','.join(rest)};{current}"
            allowed.append(",".join(found[:k]) + tail)
            excluded.append(",".join([item for item in found if item != current][:k]) + tail)
    return excluded, allowed, spent


def show(name, what, lines, k):
    qualities = scorer.score(lines, k)
    cells = "".join(str(qualities[group]) for group in scorer.GROUPS)
    print(f"{name:<36}{what:<10}{cells}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("train", "valid", "test"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--ours", action="append", default=[], metavar="NAME=FILE", help="our predictions")
    parser.add_argument("--out", type=Path, help="a folder for the predictions of the peers")
    arguments = parser.parse_args()
    train, valid, test = (read(getattr(arguments, name)) for name in ("train", "valid", "test"))
    ids = sorted({item for visit in train for item in visit})
    number = {item: place for place, item in enumerate(ids)}
    targets = sum(len(visit) - 1 for visit in test)
    print(f"{len(train)} sessions, {len(ids)} items learned; {targets} targets in {len(test)} sessions")
    head = "".join(f"{group:>6}{'HR@' + str(arguments.k):>9}{'MRR@' + str(arguments.k):>9}" for group in ("all", "other", "same"))
    print(f"{'':<36}{'current':<10}{head}")
    for name, path in (given.split("=", 1) for given in arguments.ours):
        with open(path, encoding="utf-8") as file:
            show(name, "as given", file.readlines(), arguments.k)
    for name, (grid, make) in candidates().items():
        best = None
        for given in grid:
            start = time.perf_counter()
            learned = Learned(make(**given), train, number, ids)
            seconds = time.perf_counter() - start
            for label, profile in PROFILES.items():
                excluded, _, _ = predict(learned, valid, profile, arguments.k)
                found = scorer.score(excluded, arguments.k)["all"]
                if best is None or (found.hit_rate, found.reciprocal_rank) > best[0]:
                    best = ((found.hit_rate, found.reciprocal_rank), learned, given, label, seconds)
        _, learned, given, label, seconds = best
        excluded, allowed, spent = predict(learned, test, PROFILES[label], arguments.k)
        show(f"implicit {name}", "excluded", excluded, arguments.k)
        show("", "allowed", allowed, arguments.k)
        p50, p99 = np.percentile(spent, [50, 99]) * 1e6
        print(f"{'':<4}chosen on valid: {given}, {label}; fitted in {seconds:.2f} s; one list p50 {p50:.0f} us, p99 {p99:.0f} us")
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            stem = "".join(c if c.isalnum() else "-" for c in name.lower())
            (arguments.out / f"{stem}.txt").write_text("\n".join(excluded) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

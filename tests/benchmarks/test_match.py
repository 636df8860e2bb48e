"""How good the order by match is for simulated users, beside other orders in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.benchmarks.daily_lists import lists_folder, read_lists
from tests.benchmarks.order_measure import Measure, mean, measure
from tests.benchmarks.ranker import Ranker, Stocked, rankers
from tests.benchmarks.simulated_user import User, Users, history

USERS = int(os.environ.get("READLIST_BENCHMARK_USERS", "12"))


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    folder = lists_folder()
    if folder is None:
        pytest.skip("no daily lists")
    return Stocked(tmp_path_factory.mktemp("home"), read_lists(folder))


def run(stocked, every, users, k, label, **kw):
    weeks = {i: p.week for i, p in enumerate(stocked.papers)}
    out = {}
    for u in users:
        h = history(u, k, **kw)
        if not h: continue
        judged = set(u.judged)
        for r in every:
            t = time.time()
            order = [p for p in r.rank(h) if p in judged]
            out.setdefault(r.name, []).append(measure(order, u.later, weeks))
            T[r.name] = T.get(r.name, 0) + time.time() - t
    n = len(next(iter(out.values()), []))
    for name, ms in out.items():
        m = mean(ms)
        print(f"{label:28} k={k:2} n={n:3} {name:13} auc {m.auc:.3f} ndcg {m.ndcg:.3f} p10 {m.precision:.3f} rank {m.rank:.3f}", flush=True)

T = {}

def test_all(stocked):
    users = Users(stocked.papers)
    every = rankers(stocked)
    t12 = users.topics(USERS, 30)
    t30 = users.topics(USERS, 30)
    print([ (u.name, len(u.wanted), len(u.later)) for u in t12])
    for k in (1, 3, 5, 10): run(stocked, every, t12, k, "topics")
    run(stocked, every, t30, 30, "topics")
    for k in (3, 10): run(stocked, every, t12, k, "noisy topics", careless=True)
    run(stocked, every, t30, 30, "noisy topics", careless=True)
    run(stocked, every, t12, 10, "nothing read", reads=False)
    mx = users.mixed(USERS, 30)
    for k in (3, 10, 30): run(stocked, every, mx, k, "mixed")
    au = users.authors(USERS, 10)
    for k in (3, 10): run(stocked, every, au, k, "authors")
    run(stocked, every, users.organizations(USERS, 3), 3, "org")
    print(T)

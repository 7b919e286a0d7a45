"""Passes over the tables: every row once, probe by probe, in the order of time, however the files lie."""

from itertools import pairwise

import arrivals
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import compact, index, parts, passes, read


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Two months in five files that share probes, row groups of a few rows."""
    place = tmp_path_factory.mktemp("passes") / "measurements"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROWS_OF_GROUP", 7)
        for turn in range(5):
            records = []
            for probe in range(1, 14):
                for number in range(1 + turn, 60, 5):
                    up_ms = number * 86_400_000 // 2 + probe
                    value = None if number % 3 == 0 else float(probe)
                    message = arrivals.heartbeat(number, 1, up_ms, 0, centre_ms=value, clients=number)
                    records.append(arrivals.record_of_beat(probe, message, arrivals.BEGAN_MS + up_ms))
            arrivals.into_spool(place, records)
            compact.compact(place)
    return place


@given(st.integers(1, 900))
@settings(max_examples=12)
def test_slices_are_all_rows_of_some_probes(place, rows_at_once):
    live = index.load(place).of("heartbeats")
    assert len(live) > 5
    seen = []
    for rows in parts.slices(place, live, rows_at_once):
        mine = sorted(set(rows.column("probe").to_pylist()))
        assert not seen or mine[0] > seen[-1][0]
        seen += sorted(zip(rows.column("probe").to_pylist(), rows.column("number").to_pylist(), strict=True))
    assert seen == [(probe, number) for probe in range(1, 14) for number in range(1, 60)]


@pytest.mark.parametrize("rows_at_once", [1, 100, 10_000])
def test_a_pass_says_what_duckdb_says(place, rows_at_once):
    found = []
    for rows in passes.by_probe(place, "heartbeats", ["centre_ms", "clients"], rows_at_once=rows_at_once):
        first = rows["first"]
        assert first[-1] == len(rows["time"])
        for low, high in pairwise(first):
            assert len(set(rows["probe"][low:high].tolist())) == 1
            gap_ms = int(np.diff(rows["time"][low:high]).max())
            known = rows["centre_ms"][low:high]
            clients = int(rows["clients"][low:high].sum())
            found.append((int(rows["probe"][low]), gap_ms, int((~np.isnan(known)).sum()), clients))
    asked = """SELECT probe, max(gap), count(centre_ms), sum(clients)::INT FROM (
        SELECT *, epoch_ms(time) - lag(epoch_ms(time)) OVER (PARTITION BY probe ORDER BY time) AS gap FROM heartbeats)
        GROUP BY probe ORDER BY probe"""
    assert found == read.connect(place).sql(asked).fetchall()


def test_a_pass_keeps_to_its_months(place):
    months = {part.month for part in index.load(place).of("heartbeats")}
    assert months == {"2026-09", "2026-10"}
    for month in months:
        rows = list(passes.by_probe(place, "heartbeats", [], [month]))
        said = {str(m) for r in rows for m in r["time"].astype("datetime64[ms]").astype("datetime64[M]")}
        assert said == {month}
    assert list(passes.by_probe(place, "heartbeats", [], ["2020-01"])) == []
    assert list(passes.by_probe(place, "speeds", ["down_mbps"])) == []

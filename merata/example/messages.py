"""What the probes of a made-up year would have sent, as it lies in the tables; and the CSV files beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from merata.assure import index as there
from merata.assure import parts, tables, times
from merata.example import spans, terms
from merata.example.spans import Spans
from merata.example.year import BUSY_HOURS, BUSY_LEFT, DAY, HOUR, PROMISED, RATE_SPREAD, Made, Year
from merata.probe.messages import STARTED

POINTS_AT_ONCE = 8
_FIRST_LOOK_S = (25.0, 85.0)
"""After the power came back: the machine starts, and its probe looks within a minute."""
Rows = dict[str, Any]


def write(measurements: Path, year: Year) -> int:
    """Write tables, index.json and CSV files of a made-up year; how many messages that are."""
    count = write_tables(measurements, year)
    write_programme(measurements, year)
    write_claims(measurements, year)
    return count


def write_tables(measurements: Path, year: Year) -> int:
    """Write tables and index.json of a made-up year; how many messages that are.

    The tables are made by what compaction makes them by: the same clocks, the same files.
    """
    writers = {
        name: parts.Writer(measurements, name, "00000001") for name in ("heartbeats", "speeds", "events")
    }
    stretches, keys, latest = [], [], 0
    for first in range(0, len(year.points), POINTS_AT_ONCE):
        sent = [_sent(year, made) for made in year.points[first : first + POINTS_AT_ONCE]]
        mine = times.joined(*(_stretches(rows) for one in sent for rows in one.values()))
        clocks = times.reckoned(mine)
        for name, writer in writers.items():
            rows = pa.concat_tables([_arrow(name, one[name]) for one in sent])
            if len(rows):
                writer.add(parts.timed(rows, name, clocks))
        stretches.append(mine)
        keys += [there.keys(rows["probe"], rows["number"]) for one in sent for rows in one.values()]
        latest = max(
            [latest, *(int(rows["received"].max(initial=0)) for one in sent for rows in one.values())]
        )
    made = [part for writer in writers.values() for part in writer.close()]
    made.append(parts.write_clocks(measurements, times.joined(*stretches), "00000001"))
    had = there.Had().with_keys(np.concatenate(keys))
    there.save(measurements, there.Index(parts=tuple(made), had=had, made=1, received_ms=latest))
    return had.count()


# What one probe sends


def _sent(year: Year, made: Made) -> dict[str, Rows]:
    """Messages of a point's probe by table, as they were had."""
    dice = np.random.default_rng([year.seed, made.probe])
    honest = made.game not in ("never fails", "elsewhere")
    dark = made.dark() if honest else spans.NONE
    power, probe = (made.spans[c] if honest else spans.NONE for c in ("power", "probe"))
    when, restarted = _looks(dice, made, power, spans.minus(probe, power))
    link, centre = ~spans.inside(dark, when), ~spans.inside(year.centre, when)
    beats = _beats(dice, made, when, link, centre, restarted)
    tests = _tests(dice, made, when, link & centre)
    starts = {
        "when": when[restarted] - 1,
        "event": np.full(restarted.sum(), "start"),
        "text": np.full(restarted.sum(), "release 1"),
    }
    kinds = {"heartbeats": beats, "speeds": tests, "events": starts}
    _numbered(kinds, made.probe)
    _delivered(dice, kinds, when, link & centre)
    for rows in kinds.values():
        _clocked(rows, made, power)
        kept = (rows["received"] > 0) & ~spans.inside(year.lost.get(made.probe, spans.NONE), rows["when"])
        rows.update({name: values[kept] for name, values in rows.items()})
    return kinds


def _looks(dice: Any, made: Made, power: Spans, probe: Spans) -> tuple[Any, Any]:
    """When the probe looked, and which looks were the first after a start."""
    beats = np.arange(made.begin + dice.uniform(0, 300), made.until, 300.0)
    beats = beats + dice.uniform(-15, 15, len(beats))
    beats = beats[(beats >= made.begin) & (beats < made.until - 30)]
    off = spans.joined(power, probe)
    back = off[:, 1]
    first = (
        back
        + dice.uniform(*_FIRST_LOOK_S, len(back))
        - np.where(np.isin(back, power[:, 1]), 0, _FIRST_LOOK_S[0])
    )
    first = first[~spans.inside(off, first) & (first < made.until - 30)]
    # Until the machine runs again there are no looks, and none right after the first one.
    waits = spans.joined(off, np.column_stack([off[:, 1], off[:, 1] + _FIRST_LOOK_S[1] + 30]))
    beats = beats[~spans.inside(waits, beats)]
    when = np.r_[beats, first]
    order = np.argsort(when, kind="stable")
    return when[order], np.r_[np.zeros(len(beats), bool), np.ones(len(first), bool)][order]


def _hour(when: Any) -> Any:
    return (when + 8 * HOUR) % DAY // HOUR


def _beats(dice: Any, made: Made, when: Any, link: Any, centre: Any, restarted: Any) -> Rows:
    n, crowded = len(when), np.isin(_hour(when), BUSY_HOURS)
    base = 3.0 if made.game == "elsewhere" else made.latency_ms
    trip = np.round(base * np.exp(0.12 * dice.standard_normal(n)) * np.where(crowded, 1.5, 1.0), 1)
    if made.game == "too regular":
        trip = np.where(dice.random(n) < 0.9, np.round(base, 1), trip)
    busy = np.array([1, 1, 1, 1, 1, 2, 3, 5, 6, 6, 6, 6, 5, 5, 5, 6, 7, 8, 10, 16, 18, 17, 15, 6], float)[
        _hour(when).astype(int)
    ]
    reached = link & centre
    return {
        "when": when,
        "centre_ms": np.where(reached, trip, np.nan),
        "centre_lost": np.where(reached, (dice.random(n) < 0.08).astype(int), 10),
        "outside1_ms": np.where(link, np.round(trip * 0.9, 1), np.nan),
        "outside2_ms": np.where(link, np.round(trip * 1.1, 1), np.nan),
        "outside_lost": np.where(link, (dice.random(n) < 0.05).astype(int), 10),
        "dns_ms": np.where(link, np.round(trip * 1.05, 1), np.nan),
        "flags": np.where(restarted, STARTED, 0),
        "clients": dice.poisson(busy),
        "rx_kb": np.where(link, dice.gamma(2, busy * 400), 0).astype(int),
        "tx_kb": np.where(link, dice.gamma(2, busy * 60), 0).astype(int),
    }


def _tests(dice: Any, made: Made, when: Any, reached: Any) -> Rows:
    """Four speed tests a day, one at the busy hour: as the probe plans them; at night where that is the game."""
    hour = _hour(when)
    night, crowded = (hour >= 1) & (hour < 5), np.isin(hour, BUSY_HOURS)
    chance = np.where(crowded, 1 / (12 * len(BUSY_HOURS)), 3 / (12 * 20))
    if made.game == "night tests":
        chance = np.where(night, 4 / 48, 0.0)
    tested = reached & (dice.random(len(when)) < chance)
    at, n = when[tested] + 12, int(tested.sum())
    rate = (
        made.down_mbps
        * np.where(crowded[tested], BUSY_LEFT, 1.0)
        * np.exp(RATE_SPREAD * dice.standard_normal(n))
    )
    return {
        "when": at, "down_mbps": np.round(rate, 3), "up_mbps": np.round(rate * 0.3, 3),
        "min_rtt_ms": np.full(n, made.latency_ms), "down_s": np.full(n, 10.0), "up_s": np.full(n, 10.0),
        "used_mbps": np.zeros(n), "bytes": (rate * 1e6).astype(int), "server": np.full(n, "ndt.example"),
        "why": np.full(n, "schedule"),
    }  # fmt: skip


def _numbered(kinds: dict[str, Rows], probe: int) -> None:
    """Number the messages of all kinds in the order of their times."""
    when = np.concatenate([rows["when"] for rows in kinds.values()])
    number = np.empty(len(when), np.int64)
    number[np.argsort(when, kind="stable")] = np.arange(1, len(when) + 1)
    low = 0
    for rows in kinds.values():
        rows["number"] = number[low : low + len(rows["when"])]
        rows["probe"] = np.full(len(rows["when"]), probe, np.uint32)
        low += len(rows["when"])


def _delivered(dice: Any, kinds: dict[str, Rows], when: Any, reached: Any) -> None:
    """When each was received, ms: at once, or with the first look that reached the centre; 0 for not yet."""
    good = when[reached]
    for name, rows in kinds.items():
        at = np.searchsorted(good, rows["when"])
        came = np.r_[good, np.nan][np.minimum(at, len(good))]
        live = (came == rows["when"]) & (name == "heartbeats") & (dice.random(len(came)) < 0.97)
        delay = np.where(live, dice.uniform(0.03, 0.4, len(came)), dice.uniform(4, 20, len(came)))
        # Some wait for the next batch, and some for long.
        delay += np.where(live | (dice.random(len(came)) < 0.9), 0, dice.uniform(600, 6 * HOUR, len(came)))
        rows["received"] = np.nan_to_num((came + delay) * 1000).astype(np.int64)
        rows["live"] = live


def _clocked(rows: Rows, made: Made, power: Spans) -> None:
    """What the probe's two clocks said. A cheap board begins with the time of its last shutdown."""
    began = np.r_[made.begin - 1000, power[:, 1] + 4]
    boot = np.searchsorted(power[:, 1], rows["when"], side="right")
    behind = (
        np.r_[0.0, np.cumsum(power[:, 1] - power[:, 0])] if made.wrong_clock else np.zeros(len(power) + 1)
    )
    rows["boot"] = (boot + 1000 * made.probe).astype(np.uint32)
    rows["up_ms"] = ((rows["when"] - began[boot]) * 1000).astype(np.int64)
    rows["wall_s"] = (rows["when"] - behind[boot]).astype(np.int64)


# As it rests


def _arrow(name: str, rows: Rows) -> Any:
    """Messages as the tables have them, but for the time."""
    found = {c.name: c for c in tables.columns(name) if c.name not in ("time", "time_sure_s")}
    columns = {}
    for column in found.values():
        values, kind = rows[column.name], pa.int64() if column.name == "received" else column.arrow
        blank = np.isnan(values) if values.dtype.kind == "f" else None
        columns[column.name] = pa.array(values, mask=blank).cast(kind)
    return pa.table(columns)


def _stretches(rows: Rows) -> Any:
    """What messages tell of the probe's clocks: of each day of a run its ends, first receipt and best anchor."""
    if not len(rows["when"]):
        return times.joined()
    order = np.argsort(rows["number"], kind="stable")
    mine = {
        name: rows[name][order] for name in ("probe", "boot", "number", "up_ms", "wall_s", "received", "live")
    }
    key = np.stack([mine["boot"].astype(np.int64), mine["up_ms"] // times.STRETCH_MS])
    first = np.flatnonzero(np.r_[True, (np.diff(key) != 0).any(axis=0)])
    last = np.r_[first[1:], len(order)] - 1
    ends = {name: mine[name][np.r_[first, last]] for name in ("probe", "boot", "number", "up_ms", "wall_s")}
    received = np.tile(np.minimum.reduceat(mine["received"], first), 2)
    told = times.of_messages(**ends, received_ms=received)
    live = mine["live"]
    return times.joined(
        told, times.of_anchors(*(mine[n][live] for n in ("probe", "boot", "up_ms", "received")))
    )


# The CSV files


def write_programme(measurements: Path, year: Year) -> None:
    """Write points, probes, contracts, planned work and majeure."""
    measurements.mkdir(parents=True, exist_ok=True)
    points = pd.DataFrame([
        {"point": m.point, "village": m.village, "place": f"Kantor Desa {m.village} (contoh)", "kind": "village office",
         "provider": m.provider, "option": m.option, "district": m.district, "from": said(year.begin), "until": "",
         "contract": f"K-{m.provider}"} for m in year.points
    ])  # fmt: skip
    probes = pd.DataFrame(
        [{"probe": m.probe, "point": m.point, "from": "", "until": ""} for m in year.points]
    )
    contracts = points[["contract", "provider"]].drop_duplicates().assign(**PROMISED)
    frames = {
        "points": points, "probes": probes, "contracts": contracts,
        "maintenance": _with_times(year.maintenance), "majeure": _with_times(year.majeure),
    }  # fmt: skip
    frames["contracts"] = terms.contracts(contracts)
    frames |= {"deductions": terms.deductions(contracts), "prices": terms.prices()}
    for name, frame in frames.items():
        frame.to_csv(measurements / f"{name}.csv", index=False)


def write_claims(measurements: Path, year: Year) -> None:
    """Write what providers say of themselves: all but one a little less than the truth."""
    claims = _monthly(year)
    gamed = claims["point"].isin([m.point for m in year.points if m.provider == year.gaming])
    honest = (claims["availability"] - 0.002).clip(0, 1)
    claims["availability"] = np.where(gamed, 0.9995, honest).round(5)
    claims[["point", "month", "availability"]].to_csv(measurements / "claims.csv", index=False)


def write_truth(measurements: Path, year: Year) -> None:
    """Write what truly happened to each point in each month, beside what was measured of it."""
    truth = _monthly(year).merge(year.rates().rename(columns={"median": "busy_down_mbps"}), on="point")
    truth["game"] = truth["point"].map({made.point: made.game for made in year.points})
    truth["known_by"] = "made up"
    names = ["point", "month", "availability", "down_s", "excused_s", "busy_down_mbps", "game", "known_by"]
    truth[names].round(6).to_csv(measurements / "truth.csv", index=False)


def _monthly(year: Year) -> pd.DataFrame:
    """The true availability by point and month, such as 2026-11."""
    found = year.availability()
    return found.assign(month=[year.months[i] for i in found["month"]])


def said(seconds: float) -> str:
    """A time as the CSV files have it."""
    return f"{np.datetime64(int(seconds * 1000), 'ms')}Z"


def _with_times(frame: pd.DataFrame) -> pd.DataFrame:
    times_of = [c for c in ("from", "until", "noticed") if c in frame]
    return frame.assign(**{name: [said(v) for v in frame[name]] for name in times_of})

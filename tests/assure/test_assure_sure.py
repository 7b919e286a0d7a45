"""How sure: curves, ranks and verdicts with known answers; files that are whole whenever it is killed; the command."""

import json
import os
import re
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from typer.testing import CliRunner

from merata.assure import availability, enough, january, outages, repair, score, speed, suspicions
from merata.cli.main import app
from merata.example import messages
from merata.example.year import year
from merata.region import change

DOCS = Path(__file__).resolve().parents[2] / "docs" / "explanation"


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40))
def test_the_curve_of_repairs_is_scipys(rows):
    hours, ended = np.array([r[0] for r in rows], float), np.array([r[1] for r in rows])
    mine = repair.curve(hours, ended)
    sample = stats.CensoredData(uncensored=hours[ended], right=hours[~ended])
    if not ended.any():
        assert len(mine.hours) == 0
        return
    theirs = stats.ecdf(sample).sf
    assert np.allclose(mine.longer, theirs.evaluate(mine.hours))
    with np.errstate(all="ignore"):
        band = theirs.confidence_interval(0.95, method="log-log")
    for ours, other in ((mine.low, band.low), (mine.high, band.high)):
        told = other.evaluate(mine.hours)
        some = np.isfinite(told) & (mine.longer > 0)
        assert np.allclose(ours[some], told[some])


def test_median_of_repairs_by_hand():
    """Of 1, 2, 3+, 4, 5 h: S is 0.8, 0.6, then 0.3 at 4 h, where half are over."""
    made = repair.curve([1, 2, 3, 4, 5], [True, True, False, True, True])
    assert made.longer.tolist() == pytest.approx([0.8, 0.6, 0.3, 0.0])
    assert repair.median_hours(made)[0] == 4
    assert repair.median_hours(repair.curve([5.0, 6.0], [False, False])) == (np.inf, np.inf, np.inf)


def test_ranks_by_hand():
    """Of 10 values the 2nd and the 9th hold the median at 97.9 % (David and Nagaraja); of 5 none hold it at 95 %."""
    assert speed.ranks(10, 0.5) == (4, 1, 8)
    assert speed.ranks(5, 0.5) == (2, -1, 5)


@given(st.integers(6, 400), st.sampled_from([0.2, 0.5]))
def test_ranks_hold_the_quantile_as_often_as_they_say(n, share):
    _, low, high = speed.ranks(n, share)
    # The bound below is too high when no more than `low` values are under the quantile, the one above is too low when
    # more than `high` are. One rank further in would be wrong too often.
    assert stats.binom.cdf(low, n, share) <= 0.025 < stats.binom.cdf(low + 1, n, share)
    assert stats.binom.sf(high, n, share) <= 0.025 < stats.binom.sf(high - 1, n, share)


@pytest.mark.parametrize(
    ("low", "high", "promised", "more", "said"),
    [
        (0.98, 0.99, 0.98, {}, "kept"),
        (0.97, 0.979, 0.98, {}, "missed"),
        (0.97, 0.98, 0.98, {}, "unsure"),
        (0.97, 0.99, np.nan, {}, ""),
        (np.nan, np.nan, 0.98, {}, "too little"),
        (0.98, 0.99, 0.98, {"enough": False}, "too little"),
        (50, 90, 100, {"more_is_better": False}, "kept"),
        (101, 120, 100, {"more_is_better": False}, "missed"),
        (50, 100, 100, {"more_is_better": False}, "kept"),
        (100, 120, 100, {"more_is_better": False}, "unsure"),
        (0.98, np.nan, 0.98, {}, "too little"),
        (np.nan, 0.99, 0.98, {}, "too little"),
    ],
)
def test_verdicts(low, high, promised, more, said):
    assert enough.verdict(low, high, promised, **more) == said
    assert said in enough.VERDICTS


def test_rates_by_hand():
    """Of 1 to 20 Mbit/s: the median lies between the 6th and the 15th (David and Nagaraja)."""
    tests = pd.DataFrame({"point": ["A"] * 20 + ["B"] * 9, "rate": [*range(20, 0, -1), *[5.0] * 9]}).astype(
        {"rate": float}
    )
    tests.loc[20, "rate"] = np.nan
    made = speed.quantiles(tests, ["point"], "rate", "r")
    assert made.columns.tolist() == ["r_tests", "r", "r_low", "r_high", "r_p20", "r_p20_low", "r_p20_high"]
    assert made.loc["A"].tolist() == [20, 10, 6, 15, 4, 1, 9]
    assert made.loc["B", "r_tests"] == 8
    assert made.loc["B"].iloc[1:].isna().all()
    few = speed.quantiles(tests.iloc[:10], ["point"], "rate", "r").loc["A"]
    assert few[["r_tests", "r_p20_low", "r_p20_high"]].tolist() == [10, 0, 16], (
        "no value is surely below the percentile"
    )
    assert len(speed.quantiles(tests.iloc[:0], ["point"], "rate", "r")) == 0


DAY = 86400.0


def sums(**days):
    """Sums of seconds of a month with all that is not said 0; days, but for numbers and variances."""
    whole = dict.fromkeys(availability.SUMS, 0.0) | {"period_s": 30.0}
    made = whole | {f"{name}_s": value for name, value in days.items()}
    return {name: value * DAY if name.endswith("_s") else value for name, value in made.items()}


def test_shares_of_time_by_hand():
    """30 days, of which 2 were excused and nothing is known of 3: 1 of 25 was down, the best that can be is 1 of 28."""
    few = stats.chi2.ppf(0.975, 2) / 2 * 300 / DAY  # shorter than a look, and met by none
    rows = pd.DataFrame([
        sums(excused=2, unknown=3, down=1, dark=2.7), sums(unknown=30), sums(excused=30), sums(down=30, dark=30),
        sums(period=28, unknown=5.6), sums(period=28, unknown=5.7), sums(period=3), sums(period=2.9),
    ])  # fmt: skip
    made = availability.shares(rows)
    wanted = [1 - 1 / 25, 1 - (1 + few + 3) / 28, 1 - 1 / 28, 25 / 28, 1 - 2.7 / 27]
    names = ["availability", "availability_low", "availability_high", "known_share", "served"]
    assert made.loc[0, names].tolist() == pytest.approx(wanted)
    assert made.loc[1, names].isna().tolist() == [True, True, True, False, True]
    assert made.loc[1, "known_share"] == 0
    assert made.loc[2, names].isna().tolist() == [True, True, True, True, False]
    assert made.loc[3, names].tolist() == [0, 0, 0, 1, 0]
    assert made["enough"].tolist() == [True, False, False, True, True, False, True, False]


def piece(number, start, end, **more):
    """A piece of an outage, from and until (days since 1970)."""
    usual = {
        "outage": number, "point": "A", "cause": "link", "counts": "down", "start": start * DAY, "end": end * DAY,
        "start_wide_s": 300.0, "end_wide_s": 120.0, "sure_s": 30.0, "looks": 5, "ended": True,
    }  # fmt: skip
    return usual | more


def test_what_a_point_had_in_each_month_by_hand():
    """Months of 10 days from day 10 on, in service from day 12, known until day 28."""
    edges = np.array([10, 20, 30]) * DAY
    service = pd.DataFrame({"point": ["A", "B"], "begins": [12 * DAY, 35 * DAY], "until": [np.inf, np.inf]})
    pieces = pd.DataFrame([
        piece(1, 9, 13), piece(2, 18, 21, cause="region-wide"), piece(3, 22, 22.01, looks=1),
        piece(4, 23, 24, cause="power", counts="excused"), piece(4, 24, 24.5, cause="power"),
        piece(5, 25, 26, cause="probe", counts="unknown"), piece(6, 26, 27, cause="centre", counts="up"),
        piece(7, 27, 29, cause="maintenance", counts="excused"),
    ])  # fmt: skip
    made = availability.by_month(pieces, service, edges, 28 * DAY).set_index("month")
    days = made.filter(regex="_s$") / DAY
    assert made["point"].tolist() == ["A", "A"]
    assert days["period_s"].to_dict() == {0: 8, 1: 8}
    assert days["down_s"].tolist() == pytest.approx([3 + 2, 1 + 0.01 + 0.5])
    assert days["excused_s"].tolist() == pytest.approx([0, 1 + 1])
    assert days["unknown_s"].tolist() == pytest.approx([0, 1])
    assert days["dark_s"].tolist() == pytest.approx([3 + 2, 1 + 0.01 + 1.5 + 1])
    assert made[["once", "outages"]].to_numpy().tolist() == [[0, 1], [1, 1]], (
        "an outage counts where it began"
    )
    assert days["once_s"].tolist() == pytest.approx([0, 0.01])
    # Of an edge that lies anywhere in 300 s the variance is 300²/12, of times that are not exact to 30 s 30²/3 each.
    first, last, unsure = 300**2 / 12, 120**2 / 12, 30**2 / 3
    assert made["edges_s2"].tolist() == pytest.approx([
        last + unsure + first + unsure, last + unsure + first + last + 2 * unsure,
    ])  # fmt: skip
    assert days[["by_link_s", "by_region_wide_s", "by_power_s", "by_centre_s"]].to_numpy().tolist() == [
        pytest.approx([3, 2, 0, 0]), pytest.approx([0.01, 1, 1.5, 1]),
    ]  # fmt: skip


def test_what_an_outage_lasted_by_hand():
    """Two pieces with planned work between them are one outage of 3 h; each may be 4 minutes shorter or longer."""
    hour = 1 / 24
    pieces = pd.DataFrame([
        piece(1, 1, 1 + 2 * hour, ended=False), piece(1, 1 + 2 * hour, 2, cause="maintenance", counts="excused"),
        piece(1, 2, 2 + hour), piece(2, 1.5, 1.5 + hour, ended=False, cause="region-wide"),
        piece(3, 3, 3.001), piece(4, 4, 5, cause="power"), piece(5, 5, 6, cause="unknown", counts="unknown"),
    ])  # fmt: skip
    made = repair.repairs(pieces).set_index("outage")
    wide = ((300 + 120) / 2 + 30) / 3600
    assert made["hours"].tolist() == pytest.approx([3, 1, 0.024])
    assert made["least_hours"].tolist() == pytest.approx([3 - 2 * wide, 1 - wide, 0])
    assert made["most_hours"].tolist() == pytest.approx([3 + 2 * wide, np.inf, 0.024 + wide])
    assert made["start"].tolist() == pytest.approx([DAY, 1.5 * DAY, 3 * DAY])
    assert made["end"].loc[1] == pytest.approx(DAY * (2 + hour))
    assert made["ended"].tolist() == [True, False, True]


def test_a_median_repair_is_said_of_five_and_more():
    hours, ended = np.array([1.0, 2, 3, 4, 5]), np.array([True, True, False, True, True])
    said = dict(zip(repair.SUMMARY, repair.summary(hours, ended), strict=True))
    assert (said["repairs"], said["repairs_open"], said["repair_h"], said["longest_h"]) == (5, 1, 4, 5)
    assert said["repair_h_low"] <= 4 <= said["repair_h_high"]
    few = repair.summary(hours[:4], ended[:4])
    assert few[:2] == (4, 1)
    assert np.isnan(few[2:5]).all()
    assert few[5] == 4
    assert np.isnan(repair.summary(hours[:0], ended[:0])[5])


@pytest.mark.parametrize(
    ("missed", "judged", "least", "said"),
    [
        (0, 3, 3, "keep"), (0, 2, 3, "too little"), (1, 12, 3, "keep"), (2, 12, 3, "renegotiate"),
        (3, 3, 3, "replace"), (9, 12, 3, "replace"), (7, 12, 3, "renegotiate"), (8, 12, 13, "too little"),
    ],
)  # fmt: skip
def test_januarys_rule_is_bayes(missed, judged, least, said):
    """Against the integral itself: what is missed is binomial, nothing is known of its share before (Jeffreys)."""

    def below(share):
        """Chance that the true share is below, by x = sin² t, which takes the poles away."""
        ends = [np.arcsin(np.sqrt(x)) for x in (share, 1.0)]
        part, whole = (
            integrate.quad(
                lambda t: np.sin(t) ** (2 * missed) * np.cos(t) ** (2 * (judged - missed)), 0, end
            )[0]
            for end in ends
        )
        return part / whole

    verdict, low, high, chance = january._rule(missed, judged, least)
    assert verdict == said
    assert below(low) == pytest.approx(0.025, abs=1e-6)
    assert below(high) == pytest.approx(0.975, abs=1e-6)
    few, most = below(0.25), 1 - below(0.5)
    wanted = {"keep": few, "replace": most, "renegotiate": 1 - few - most, "too little": np.nan}[said]
    assert chance == pytest.approx(wanted, abs=1e-6, nan_ok=True)
    assert (few >= 0.8, most >= 0.9) == (said == "keep", said == "replace") or said == "too little"


def test_busy_hours_come_from_use_or_are_assumed():
    use = pd.DataFrame({"point": ["A"] * 24 + ["B"] * 24, "month": 0, "hour": [*range(24)] * 2})
    use["kb"] = [1000.0 * (h in (7, 8, 20, 21)) + h for h in range(24)] + [5.0] * 24
    use["counted_s"] = [86400.0] * 24 + [60.0] * 24
    made = speed.busy(use)
    assert [speed.hours_said(h) for h in made["hours"]] == ["7 8 20 21", "19 20 21 22"]
    assert made["counted"].tolist() == [True, False]


# Files


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("small") / "region" / "measurements"
    messages.write(place, year(8, 1, 3))
    return place


@pytest.mark.slow
def test_a_scorer_that_is_killed_leaves_every_file_whole(place):
    old, new = score.score(place), score.score(place)
    new = score.Scores(
        **{
            **vars(new),
            "outages": new.outages[::2],
            "scorecards": new.scorecards[::2],
            "drivers": new.drivers[::2],
        }
    )
    score.write(place, old)
    folder = place / "scores" / "all"
    texts = {name: {score.csv_of(getattr(s, name)) for s in (old, new)} for name in score.FILES}
    syncs = 0
    while True:
        syncs += 1
        child = os.fork()
        if child == 0:
            _killed_at(place, new, syncs)
        _, status = os.waitpid(child, 0)
        for name, either in texts.items():
            assert (folder / f"{name}.csv").read_text() in either
        if os.WIFEXITED(status):
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert syncs == 2 * (len(score.FILES) + 1) + 1  # about.json too
    assert (folder / "outages.csv").read_text() == score.csv_of(new.outages)


def _killed_at(place, scores, which):
    """Write them in a process that is killed as it waits for the disk for the `which`th time."""
    left = [which]

    def sync(path):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    change.sync = sync
    try:
        score.write(place, scores)
    finally:
        os._exit(0)


@pytest.mark.slow
def test_the_command_scores_the_folder_of_measurements_alone(place):
    runner = CliRunner()
    done = runner.invoke(app, ["score", str(place.parent), "--month", "2026-01"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "2026-01, by provider" in done.output
    assert "scorecards.csv" in done.output.replace("\n", "")
    done = runner.invoke(app, ["score", str(place), "--json", "--no-write"], catch_exceptions=False)
    said = json.loads(done.output)
    assert said["months"] == ["2026-01"]
    rows = pd.read_csv(place / "scores" / "2026-01" / "scorecards.csv")
    assert len(rows) == len(said["scorecards"])
    first = said["scorecards"][0]
    assert rows.loc[0, "availability"] == pytest.approx(first["availability"], rel=1e-5)


# What is written of it


@pytest.mark.slow
def test_every_column_is_explained(place):
    text = (DOCS / "scores.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text))
    scores = score.score(place)
    for name in score.FILES:
        for column in getattr(scores, name):
            ends = re.sub(r"(_p20)?(_low|_high|_tests|_p20)?$", "", column)
            ends = re.sub(r"_(kept|missed)$", "_verdict", ends)
            assert column in named or ends in named, (name, column)


def test_every_cause_kind_and_verdict_is_explained():
    text = (DOCS / "outages.md").read_text(encoding="utf-8")
    for cause in outages.COUNTS:
        assert f"`{cause}`" in text
    text = (DOCS / "scores.md").read_text(encoding="utf-8")
    for word in [*suspicions.KINDS, *filter(None, enough.VERDICTS)]:
        assert f"`{word}`" in text

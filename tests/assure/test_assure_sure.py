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
from scipy import stats
from typer.testing import CliRunner

from merata.assure import enough, outages, repair, score, speed, suspicions
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
    ],
)
def test_verdicts(low, high, promised, more, said):
    assert enough.verdict(low, high, promised, **more) == said
    assert said in enough.VERDICTS


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

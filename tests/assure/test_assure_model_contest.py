"""Model contests: an honest split, proper scores, a board that can't be learned by heart, bad files refused."""

import datetime as dt
import hashlib
import json
import shutil
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import change_settings, merata
from scipy.stats import norm

from merata.assure import model_contest, model_contest_board, model_contest_files
from merata.assure.model_contest import Contest
from merata.assure.model_contest_score import LEVELS, QUANTILES, calibration, log_score, losses
from merata.errors import FileError, InputError, MissingError
from merata.publish.phrases import in_indonesian
from merata.radio import coverage_file
from merata.region import landcover
from merata.region.confidence import HELD
from merata.region.folder import Region

DAY, UNTIL, SEED = "2026-07-01", "2026-12-31", b"s" * 32


def made_up(target="level", places=60, blocks=12, seed=1):
    """A contest of places that need no region."""
    random = np.random.default_rng(seed)
    ids = np.arange(1, places + 1)
    measured = (
        random.integers(0, 2, places).astype(float) if target == "level" else random.normal(-95, 9, places)
    )
    columns = ("p",) if target == "level" else QUANTILES
    values = (
        {"p": np.full(places, 0.5)}
        if target == "level"
        else {name: -95 + 12 * norm.ppf(level) for name, level in zip(QUANTILES, LEVELS, strict=True)}
    )
    features = pd.DataFrame({"id": ids, "lon": 117.12, "lat": -0.25})
    return Contest(
        target,
        features.assign(measured=measured),
        features,
        pd.DataFrame({"id": ids, "measured": measured, "block": ids % blocks}),
        pd.DataFrame({"id": ids} | {name: values[name] for name in columns}),
        "basic",
        0,
    )


def opened(folder, **what):
    made = made_up(**what)
    model_contest_board.open_contest(folder, "uji", made, SEED, UNTIL, DAY)
    return made


def csv_of(ids, values, columns=("p",)):
    return pd.DataFrame({"id": ids} | dict.fromkeys(columns, values)).to_csv(index=False).encode()


def days():
    """A new day for every three predictions."""
    first = dt.date(2026, 7, 1)
    return [(first + dt.timedelta(days=n // model_contest_board.A_DAY)).isoformat() for n in range(1000)]


# The split


@settings(max_examples=50)
@given(sizes=st.lists(st.integers(1, 30), min_size=4, max_size=40), seed=st.binary(min_size=8, max_size=8))
def test_whole_squares_are_held_out_as_the_seed_says(sizes, seed):
    blocks = np.repeat([f"{n}/0" for n in range(len(sizes))], sizes)
    out = model_contest.held_out(blocks, seed)
    assert (out == model_contest.held_out(blocks, seed)).all()
    assert out.mean() <= model_contest.MOST_HELD_OUT
    for block in set(blocks):
        assert len(set(out[blocks == block])) == 1


def test_another_seed_holds_out_other_squares():
    blocks = np.repeat([f"{n}/0" for n in range(40)], 5)
    assert (model_contest.held_out(blocks, b"a") != model_contest.held_out(blocks, b"b")).any()


@pytest.fixture(scope="module")
def region(demo):
    found = Region(demo / "region")
    run = found.path / "runs" / "latest"
    return found, coverage_file.read(run / "coverage.tif"), landcover.read(found.raster("clutter.tif"))[0]


def of_region(region, target="signal", tables=None, seed=SEED):
    found, coverage, cover = region
    return model_contest.make(
        target, tables or found.planning_tables(), coverage, cover, found.settings, seed
    )


@pytest.mark.slow
@pytest.mark.parametrize("target", ["signal", "level"])
def test_a_regions_measured_places_are_split_and_the_model_is_scored(region, target, monkeypatch):
    monkeypatch.setattr(model_contest, "BLOCK_KM", 3.0)
    made = of_region(region, target)
    assert not set(made.train["id"]) & set(made.ask["id"])
    assert "measured" not in made.ask
    assert list(made.ask["id"]) == list(made.answers["id"]) == list(made.baseline["id"])
    for part in (made.train, made.ask):
        assert (part["lon"] == part["lon"].round(2)).all()  # nobody's home
        assert part["month"].str.len().isin([0, 7]).all()
    values, measured = made.baseline.iloc[:, 1:].to_numpy(float), made.answers["measured"].to_numpy(float)
    own = losses(target, values, measured).mean()
    if target == "signal":
        blind = norm.ppf(LEVELS) * measured.std() - 60  # a guess that knows how strong signal is at a site
        assert own < losses(target, np.tile(blind, (len(measured), 1)), measured).mean()
    again = of_region(region, target)
    assert made.train.equals(again.train)
    assert made.baseline.equals(again.baseline)


@pytest.mark.slow
def test_nothing_given_in_confidence_is_in_a_contest(region, monkeypatch):
    monkeypatch.setattr(model_contest, "BLOCK_KM", 3.0)
    tables = dict(region[0].planning_tables())
    whole = of_region(region, tables=tables)
    strongest = whole.train["distance_km"].notna().sum()
    rows = tables["measurements"].copy()
    held = rows["signal_dbm"].notna() & (rows.index % 10 == 0)
    rows.loc[held, "source"] = HELD
    sites = tables["sites"].copy()
    sites.loc[sites.index % 2 == 0, "source"] = HELD
    made = of_region(region, tables=tables | {"measurements": rows, "sites": sites})
    told = pd.concat([made.train, made.ask])
    assert len(told) + made.apart < len(whole.train) + len(whole.ask) + whole.apart
    assert 0 < made.train["distance_km"].notna().sum() < strongest
    assert (told["distance_km"].isna() == told["model_dbm"].isna()).all()
    assert (told["distance_km"].isna() == told["band_mhz"].isna()).all()


@pytest.mark.slow
def test_too_few_measured_places_are_refused(region):
    tables = dict(region[0].planning_tables())
    tables["measurements"] = tables["measurements"].iloc[:10]
    with pytest.raises(MissingError, match="too few"):
        of_region(region, tables=tables)


@pytest.mark.slow
def test_a_contest_is_opened_and_taken_part_in_by_commands(demo, tmp_path):
    region = tmp_path / "region"
    shutil.copytree(demo / "region", region, symlinks=True)
    merata("contest", "open", region, "tingkat", "--target", "level", "--until", "2999-12-31")
    place = region / "contests" / "tingkat"
    assert (place / "secret").stat().st_mode & 0o077 == 0
    asked = pd.read_csv(place / "ask.csv")
    assert list(asked) == list(model_contest.FEATURES)
    predictions = tmp_path / "p.csv"
    predictions.write_bytes(csv_of(asked["id"], 0.9))
    said = merata("contest", "send", region, "tingkat", predictions, "--team", "Universitas Contoh").stdout
    assert "it counts" in said
    assert "29 in all" in said
    board = json.loads(merata("contest", "board", region, "tingkat", "--json").stdout)
    assert {row["team"] for row in board["board"]} == {"Merata", "Universitas Contoh"}
    assert "Universitas Contoh" in merata("contest", "board", region, "tingkat").stdout
    predictions.write_text("id,p\n1,x\n")
    wrong = merata(
        "contest", "send", region, "tingkat", predictions, "--team", "Universitas Contoh", code=3
    ).stderr
    assert f"{predictions.name}: Row 2" in wrong.replace("\n", "")
    assert "is open until" in merata("contest", "close", region, "tingkat", code=7).stderr
    change_settings(region, "radio", sigma_db=8.0)
    changed = merata("contest", "open", region, "lain", "--until", "2999-12-31", code=5).stderr
    assert "merata run" in changed


def test_places_near_a_held_out_one_are_in_neither_part():
    known = pd.DataFrame({"east_m": [0.0, 900.0, 1100.0], "north_m": 0.0})
    assert list(model_contest._near(known, np.array([True, False, False]))) == [False, True, False]


# The scores


@settings(max_examples=30)
@given(shift=st.floats(-20, 20), scale=st.floats(0.3, 3))
def test_nobody_gains_by_saying_other_quantiles_than_they_believe(shift, scale):
    measured = norm.ppf((np.arange(2000) + 0.5) / 2000)  # the standard normal, evenly
    honest = np.tile(norm.ppf(LEVELS), (2000, 1))
    other = shift + scale * honest
    assert losses("signal", honest, measured).mean() <= losses("signal", other, measured).mean() + 1e-3


@settings(max_examples=30)
@given(truth=st.floats(0, 1), said=st.floats(0, 1))
def test_nobody_gains_by_saying_another_chance(truth, said):
    def expected(chance):
        both = losses("level", np.array([[chance], [chance]]), np.array([1.0, 0.0]))
        return truth * both[0] + (1 - truth) * both[1]

    assert expected(truth) <= expected(said) + 1e-12


def test_a_point_forecast_costs_its_distance():
    # Of a distribution without spread the CRPS is the absolute error.
    assert losses("signal", np.full((2, 5), -90.0), np.array([-97.0, -90.0])).tolist() == pytest.approx(
        [7, 0]
    )


def test_calibration_counts_what_lies_inside():
    predicted = np.tile(norm.ppf(LEVELS), (1000, 1))
    measured = norm.ppf((np.arange(1000) + 0.5) / 1000)
    found = calibration("signal", predicted, measured)
    assert found == {"inside_50": pytest.approx(0.5), "inside_90": pytest.approx(0.9)}
    assert np.isfinite(log_score(np.array([[0.0]]), np.array([1.0])))


# The board


def test_merata_stands_on_the_board_first_and_a_better_model_above_it(tmp_path):
    made = opened(tmp_path, target="signal")
    assert [row.team for row in model_contest_files.board(tmp_path, "uji")] == ["Merata"]
    values = {
        name: made.answers["measured"] + 3 * norm.ppf(level)
        for name, level in zip(QUANTILES, LEVELS, strict=True)
    }
    content = pd.DataFrame({"id": made.answers["id"]} | values).to_csv(index=False).encode()
    answered = model_contest_board.submit(tmp_path, "uji", " Universitas  Contoh ", content, DAY)
    assert answered.counted
    assert [row.team for row in model_contest_files.board(tmp_path, "uji")] == [
        "Universitas Contoh",
        "Merata",
    ]


def test_random_predictions_climb_no_ladder(tmp_path, monkeypatch):
    """The best of many random guesses looks good by chance; the board says so only rarely, and little."""
    monkeypatch.setattr(model_contest_board, "IN_ALL", 1000)
    made = opened(tmp_path, places=120, blocks=30)
    measured, random = made.answers["measured"].to_numpy(), np.random.default_rng(7)
    counted, best = 0, 1.0
    for day in days()[:80]:
        guess = random.integers(0, 2, 120).astype(float)
        best = min(best, float(((guess - measured) ** 2).mean()))
        counted += model_contest_board.submit(
            tmp_path, "uji", "Tebak", csv_of(made.ask["id"], guess), day
        ).counted
    told = next(row for row in model_contest_files.board(tmp_path, "uji") if row.team == "Tebak")
    assert best < 0.45
    assert counted <= 4
    assert told.score > best
    assert told.sent == 80


def test_what_is_hardly_better_does_not_count_and_tells_nothing(tmp_path):
    made = opened(tmp_path)
    measured = made.answers["measured"].to_numpy()
    first = np.full(60, 0.5)
    hardly = first.copy()
    hardly[0] = measured[0]
    answers = [
        model_contest_board.submit(tmp_path, "uji", "A", csv_of(made.ask["id"], g), DAY)
        for g in (first, hardly, measured)
    ]
    assert [a.counted for a in answers] == [True, False, True]
    assert answers[0].standing.score == answers[1].standing.score == 0.25
    assert answers[2].standing.score == 0


def test_so_many_a_day_and_so_many_in_all(tmp_path, monkeypatch):
    monkeypatch.setattr(model_contest_board, "IN_ALL", 4)
    made = opened(tmp_path)
    content = csv_of(made.ask["id"], 0.5)
    for left in (2, 1, 0):
        assert model_contest_board.submit(tmp_path, "uji", "A", content, DAY).left_today == left
    with pytest.raises(InputError, match="a day"):
        model_contest_board.submit(tmp_path, "uji", "A", content, DAY)
    model_contest_board.submit(tmp_path, "uji", "B", content, DAY)
    assert model_contest_board.submit(tmp_path, "uji", "A", content, "2026-07-02").left == 0
    with pytest.raises(InputError, match="All 4"):
        model_contest_board.submit(tmp_path, "uji", "A", content, "2026-07-03")
    with pytest.raises(InputError, match="until 2026-12-31"):
        model_contest_board.submit(tmp_path, "uji", "B", content, "2027-01-01")


def test_two_at_once_are_both_counted(tmp_path):
    made = opened(tmp_path)
    content = csv_of(made.ask["id"], 0.5)
    sending = [
        threading.Thread(target=model_contest_board.submit, args=(tmp_path, "uji", team, content, DAY))
        for team in ("A", "B", "A", "B")
    ]
    for one in sending:
        one.start()
    for one in sending:
        one.join()
    assert {row.team: row.sent for row in model_contest_files.board(tmp_path, "uji")} == {
        "A": 2,
        "B": 2,
        "Merata": 1,
    }


WRONG = {
    b"": "Row 1: expected the columns id, p, and no others; found .",
    b"\xff\xfe": "The file is no CSV in UTF-8",
    b"id,q\n1,0.5\n": "Row 1: expected the columns id, p, and no others; found id, q.",
    b"id,p\n1,0.5\n1,0.5\n": "Row 3, column id: 1 stands in an earlier row too.",
    b"id,p\n1,0.5,9\n": "Row 2: has 3 cells, the first row has 2.",
    b"id,p\n77,0.5\n": "Row 2, column id: '77' is no id of ask.csv.",
    b"id,p\n=1+1,0.5\n": "Row 2, column id: '=1+1' is no id of ask.csv.",
    b"id,p\n1,0.5\n2,1.5\n": "Row 3, column p: '1.5' is no number from 0 to 1.",
    b"id,p\n1,nan\n": "Row 2, column p: 'nan' is no number from 0 to 1.",
    b"id,p\n1,inf\n": "Row 2, column p: 'inf' is no number from 0 to 1.",
    b"id,p\n1,__import__('os')\n": "is no number from 0 to 1.",
    b"id,p\n1,0.5\n": "59 places of ask.csv are missing, the first is id 2.",
    b"x" * 5_000_001: "The file is larger than 5 MB.",
}


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_a_bad_file_is_refused_with_its_place_and_changes_nothing(tmp_path, content):
    opened(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(FileError) as refused:
        model_contest_board.submit(tmp_path, "uji", "A", content, DAY)
    assert WRONG[content] in str(refused.value)
    assert in_indonesian(str(refused.value)), "has no Indonesian in merata.publish.phrases_model_contest"
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_quantiles_out_of_order_are_refused(tmp_path):
    opened(tmp_path, target="signal")
    with pytest.raises(
        FileError, match="Row 2, column q25: -99 is below the quantile before it, -98"
    ) as refused:
        model_contest_board.submit(
            tmp_path, "uji", "A", b"id,q05,q25,q50,q75,q95\n1,-98,-99,-90,-80,-70\n", DAY
        )
    assert in_indonesian(str(refused.value))


@pytest.mark.parametrize("team", ["", "Merata", "x" * 61, "a\x00b"])
def test_a_teams_name_is_a_name(tmp_path, team):
    made = opened(tmp_path)
    with pytest.raises(InputError):
        model_contest_board.submit(tmp_path, "uji", team, csv_of(made.ask["id"], 0.5), DAY)


def test_when_it_is_over_everybody_can_check_what_was_held_out(tmp_path):
    opened(tmp_path)
    place = tmp_path / "contests" / "uji"
    assert "answers.csv" not in model_contest_files.open_files(tmp_path, "uji")
    with pytest.raises(InputError, match="is open until"):
        model_contest_board.close(tmp_path, "uji", UNTIL)
    model_contest_board.close(tmp_path, "uji", "2027-01-01")
    said = json.loads((place / "contest.json").read_text())
    sealed = hashlib.sha256(bytes.fromhex(said["seed"]) + (place / "answers.csv").read_bytes()).hexdigest()
    assert sealed == said["answers_sha256"]


def test_a_name_that_is_no_folders_is_refused(tmp_path):
    for name in ("../x", "A", "", "secret/x"):
        with pytest.raises(InputError):
            model_contest_board.open_contest(tmp_path, name, made_up(), SEED, UNTIL, DAY)
        with pytest.raises(MissingError):
            model_contest_files.about(tmp_path, name)
        assert model_contest_files.open_files(tmp_path, name) == []
    assert list(tmp_path.iterdir()) == []

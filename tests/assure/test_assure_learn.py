"""What measurements teach: a region takes it in, and its next plan knows who is served by what was measured."""

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from in_process import merata

from merata.assure import learn, score
from merata.assure import programme as agreed
from merata.assure.programme_tables import PHONES
from merata.example import messages
from merata.example.year import year
from merata.region.prices import COMPONENTS


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A made-up quarter of twenty points, scored; and its truth."""
    folder = tmp_path_factory.mktemp("ukuran") / "measurements"
    truth = year(points=20, months=2, seed=3)
    messages.write(folder, truth)
    score.write(folder, score.score(folder))
    return folder, truth


def test_nothing_is_learned_before_it_is_scored(tmp_path):
    with pytest.raises(learn.MissingError, match="merata score"):
        learn.learn(tmp_path)


def test_what_is_learned_is_what_was_truly_so_and_games_teach_nothing(told):
    folder, truth = told
    found = learn.learn(folder)
    games = {made.point for made in truth.points if made.game}
    assert list(found.access) == truth.months
    access = pd.concat(found.access.values())
    learned = set(access["id"].str.split().str[1])
    assert not learned & set(found.suspected)
    assert games & set(found.suspected)
    assert learned | set(found.suspected) | set(found.too_little) == {made.point for made in truth.points}
    true = truth.availability().assign(period=lambda f: f["month"].map(dict(enumerate(truth.months))))
    true = true.set_index("score " + true["point"] + " " + true["period"])["availability"]
    off = np.abs(access.set_index("id")["availability"] - true.reindex(access["id"]))
    assert off.max() < 0.02


def test_fees_become_a_price_where_there_are_several(told):
    folder, _ = told
    programme = agreed.read(folder)
    programme.points["monthly_idr"] = 1_500_000.0
    cards = pd.read_csv(folder / "scores" / "all" / "scorecards.csv", dtype={"period": str})
    none = agreed.table(folder / "phones.csv", PHONES)
    prices = learn.of(cards, set(), programme, none, "2027-01").prices
    assert set(prices["item"]) <= {component.words[0] for component in COMPONENTS.values()}
    assert prices["low"].eq(1_500_000).all()
    assert prices["high"].eq(1_500_000).all()


@pytest.mark.slow
@pytest.mark.xdist_group("end_to_end")
def test_a_region_takes_in_what_was_measured(demo, told, tmp_path):
    region = shutil.copytree(demo / "region", tmp_path / "region", symlinks=True)
    shutil.copytree(told[0], region / "measurements")
    with (demo / "region" / "runs" / "latest" / "villages.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        codes = [row["code"] for row in csv.DictReader(file)]
    points = pd.read_csv(region / "measurements" / "points.csv", dtype=str, keep_default_na=False)
    points["village"] = [codes[at] for at in range(len(points))]
    points["kind"], points["monthly_idr"] = "village office", "1750000"
    points.to_csv(region / "measurements" / "points.csv", index=False)
    phones = {
        name: [value] * 4
        for name, value in zip(
            (c.name for c in PHONES.columns),
            ("", codes[0], "2026-02-01", "", "", "mobile", "Seluler Contoh", "4G", "12.5", "3", "60"),
            strict=True,
        )
    }
    pd.DataFrame({**phones, "test": range(4)}).to_csv(region / "measurements" / "phones.csv", index=False)
    answer = json.loads(merata("learn", region, "--json").stdout)
    assert answer["taken"] == [
        "learned-access-2026-01.csv",
        "learned-access-2026-02.csv",
        "learned-prices-2026-02.csv",
        "learned/outcomes.csv",
        "learned/failures.csv",
    ]
    assert json.loads(merata("learn", region, "--json").stdout)["taken"] == []
    run = region / "runs" / json.loads(merata("run", region, "--until", "access", "--json").stdout)["id"]
    rooms = pd.read_parquet(run / "facilities.parquet")
    offices = rooms[(rooms["kind"] == "village office") & rooms["village_code"].isin(codes[:20])]
    assert offices["evidence"].str.contains("learned-access").sum() >= 12
    before, after = (
        pd.read_parquet(place / "settlements.parquet").groupby("village_code")["evidence"].agg("|".join)
        for place in (region / "runs" / "latest", run)
    )
    assert set(after.index[after != before]) == {codes[0]}, (
        "phones tell of people, links of facilities do not"
    )

"""Scores against a made-up year whose truth is known: outages by cause, intervals, rates, suspicions."""

import numpy as np
import pandas as pd
import pytest

from merata.assure import score
from merata.example import messages, spans
from merata.example.terms import FEES, PRICES
from merata.example.year import BAD, GAMING, PROMISED, year
from merata.region.records import Source
from merata.region.understand import read_spreadsheet

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("score")]
SEEDS = (1, 2, 3)
MONTHS = 2


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """Years in which nobody games, with what was scored of them."""
    found = []
    for seed in SEEDS:
        made = year(20, MONTHS, seed, games=False)
        place = tmp_path_factory.mktemp("year") / "measurements"
        messages.write(place, made)
        found.append((made, score.score(place)))
    return found


@pytest.fixture(scope="module")
def gamed(tmp_path_factory):
    made = year(40, 3, 7)
    place = tmp_path_factory.mktemp("gamed") / "measurements"
    messages.write(place, made)
    return made, score.score(place), place


def monthly(made, scores):
    """Scored point-months beside their truth."""
    cards = scores.scorecards
    cards = cards[(cards["of"] == "point") & (cards["period"].str.len() == 7)]
    truth = made.availability()
    truth["period"] = [made.months[i] for i in truth["month"]]
    truth = truth.rename(
        columns={"availability": "true", "down_s": "true_down_s", "excused_s": "true_excused_s"}
    )
    both = cards.merge(truth, left_on=["name", "period"], right_on=["point", "period"])
    assert len(both) == len(cards) == len(made.points) * len(made.months)
    return both


def test_intervals_hold_what_was_truly_delivered(honest):
    both = pd.concat([monthly(*one) for one in honest])
    assert len(both) == 120
    inside = both["true"].between(both["availability_low"] - 1e-12, both["availability_high"] + 1e-12)
    assert inside.mean() >= 0.93
    # Not by being wide: where all is known they are a tenth of a per cent.
    known = both["unknown_s"] < 300
    assert known.sum() >= 60
    assert inside[known].mean() >= 0.93
    assert (both["availability_high"] - both["availability_low"])[known].median() < 0.0015


def test_down_time_is_right_on_average(honest):
    both = pd.concat([monthly(*one) for one in honest])
    off = (both["down_s"] - both["true_down_s"])[both["unknown_s"] < 300]
    assert abs(off.mean()) < 3.5 * off.std() / np.sqrt(len(off))
    assert off.std() < 600


def test_years_hold_their_months(honest):
    _, scores = honest[0]
    cards = scores.scorecards
    of_year = cards[cards["period"] == "2026"].set_index(["of", "name"])
    months = cards[cards["period"] != "2026"].groupby(["of", "name"])
    for name in ("period_s", "down_s", "excused_s", "unknown_s", "repairs", "once"):
        assert np.allclose(months[name].sum().reindex(of_year.index), of_year[name])
    points = cards[(cards["of"] == "point") & (cards["period"] == "2026")]
    provider = cards[(cards["of"] == "provider") & (cards["period"] == "2026")]
    assert provider["down_s"].sum() == pytest.approx(points["down_s"].sum())


def truly(made, cause):
    return {m.point: m.spans[cause] for m in made.points}


@pytest.mark.parametrize(
    ("cause", "found_as", "recall", "precision"),
    [
        ("link", {"link", "region-wide"}, 0.97, 0.97),
        ("power", {"power"}, 0.95, 0.97),
        ("maintenance", {"maintenance", "link", "region-wide"}, 0.95, None),
        ("probe", {"probe"}, 0.9, 0.9),
    ],
)
def test_outages_are_found_by_cause(honest, cause, found_as, recall, precision):
    """Of long ones nearly all are found; of the time that is found, nearly all was so."""
    wanted = hit = found_s = right_s = 0.0
    for made, scores in honest:
        rows = scores.outages
        for point in made.points:
            mine = rows[(rows["point"] == point.point) & rows["cause"].isin(found_as)]
            said = spans.joined(mine[["start", "end"]].to_numpy())
            others = [
                point.spans[c] for c in ("link", "region-wide", "maintenance", "power", "probe") if c != cause
            ]
            lost = made.lost.get(point.probe, spans.NONE)
            # Those that nothing else hid.
            alone = [s for s in point.spans[cause] if s[1] - s[0] > 660 and s[1] < made.end - 3600]
            alone = [
                s
                for s in alone
                if not spans.seconds(spans.both(spans.joined(*others, lost), spans.joined([s - [900, -900]])))
            ]
            wanted += len(alone)
            hit += sum(spans.seconds(spans.within(said, *s)) > 0.5 * (s[1] - s[0]) for s in alone)
            true = (
                spans.joined(*(point.spans[c] for c in ("link", "region-wide", "maintenance")))
                if cause == "link"
                else point.spans[cause]
            )
            found_s += spans.seconds(said)
            right_s += spans.seconds(spans.both(said, true))
    assert wanted >= 25
    assert hit / wanted >= recall
    assert precision is None or right_s / found_s >= precision


def test_cables_that_are_cut_are_region_wide(gamed):
    made, scores, _ = gamed
    wide = scores.outages[scores.outages["cause"] == "region-wide"]
    honest = [m for m in made.points if not m.game]
    truth = {m.point: m.spans["region-wide"] for m in honest}
    # Planned work that was told too late takes a provider's points together too.
    together = {m.point: spans.joined(truth[m.point], m.spans["maintenance"]) for m in honest}
    for row in wide[wide["point"].isin(truth)].itertuples():
        near = spans.within(together[row.point], row.start - 330, row.end + 330)
        assert spans.seconds(near) > 0
    whole = [m for m in honest if m.provider != GAMING]
    cut = [m.point for m in whole if len(truth[m.point])]
    assert len(set(wide["point"]) & set(cut)) >= 0.7 * len(cut) > 5


def test_an_absent_centre_is_nobodys_outage(honest):
    centre = 0
    for made, scores in honest:
        rows = scores.outages[scores.outages["cause"] == "centre"]
        centre += len(rows)
        assert set(rows["counts"]) <= {"up"}
        for row in rows.itertuples():
            assert spans.seconds(spans.within(made.centre, row.start - 300, row.end + 300)) > 0
    assert centre > 10


def test_rates_at_the_busy_hour(honest):
    """Of the intervals of median and lower percentile, 95 % hold the truth."""
    held = []
    for made, scores in honest:
        cards = scores.scorecards
        cards = cards[(cards["of"] == "point") & (cards["period"] == "2026")]
        assert set(cards["busy_hours"]) == {"19 20 21 22"}
        assert set(cards["busy_known_by"]) == {"measured"}
        both = cards.merge(made.rates(), left_on="name", right_on="point")
        for name, true in (("down_mbps", "median"), ("down_mbps_p20", "lower")):
            held += both[true].between(both[f"{name}_low"], both[f"{name}_high"]).tolist()
    assert len(held) == 120
    assert np.mean(held) >= 0.93


def test_verdicts_follow_the_truth(honest):
    """A promise is said to be missed or kept only where it was, but for the chance that the interval allows."""
    wrong = said = 0
    for made, scores in honest:
        both = monthly(made, scores)
        missed, kept = both["availability_verdict"] == "missed", both["availability_verdict"] == "kept"
        said += int(missed.sum() + kept.sum())
        wrong += int((missed & (both["true"] >= 0.98)).sum() + (kept & (both["true"] < 0.98)).sum())
    assert said > 100
    assert wrong <= 0.02 * said


def test_the_worst_provider_is_last(honest):
    for _, scores in honest:
        cards = scores.scorecards
        provider = cards[(cards["of"] == "provider") & (cards["period"] == "2026")].set_index("name")
        assert provider["availability"].idxmin() in (BAD, GAMING)
        assert provider["availability"].idxmax() in ("Zuvasel Contoh", "Vezofiber Contoh")


def test_games_are_noticed(gamed):
    made, scores, _ = gamed
    found = {
        (row.kind, row.name_) for row in scores.suspicions.rename(columns={"name": "name_"}).itertuples()
    }
    assert ("claims", GAMING) in found
    for point in made.points:
        if point.game:
            assert (point.game, point.point) in found
    gaming = {m.point for m in made.points if m.game} | {GAMING}
    assert {name for _, name in found} <= gaming
    assert not (set(scores.suspicions["sure"]) & {"weak"})


def test_who_does_not_game_is_not_suspected(honest):
    for _, scores in honest:
        others = scores.suspicions[scores.suspicions["name"] != GAMING]
        assert others.empty, others.to_string()


def test_one_month_is_that_month_of_all(gamed):
    made, scores, place = gamed
    for month in made.months[1:2]:
        alone = score.score(place, month)
        for name in ("scorecards", "drivers"):
            whole = getattr(scores, name)
            whole = (
                whole[whole["period"] == month].drop(columns="outage", errors="ignore").reset_index(drop=True)
            )
            mine = getattr(alone, name).drop(columns="outage", errors="ignore")
            pd.testing.assert_frame_equal(mine, whole[list(mine)], check_like=True)


# What is owed, and January


def truly_missed(made):
    """Point -> in how many months a promise was truly missed: availability, or the median rate at the busy hour."""
    truth = made.availability()
    slow = made.rates().set_index("point")["median"] < PROMISED["down_mbps"]
    missed = (truth["availability"] < PROMISED["availability"]) | truth["point"].map(slow)
    return missed.groupby(truth["point"]).sum()


def test_januarys_verdicts_follow_the_truth(gamed):
    made, scores, _ = gamed
    points = scores.january[scores.january["of"] == "point"].set_index("name")
    missed, months = truly_missed(made), len(made.months)
    replaced = points.index[points["verdict"] == "replace"]
    assert len(replaced) >= 8
    assert (missed[replaced] > months / 2).all()
    kept = points.index[points["verdict"] == "keep"]
    assert len(kept) >= 12
    # A month whose miss is in doubt speaks for the provider.
    assert (missed[kept] <= 1).all()
    assert (missed[kept] == 0).mean() >= 0.8


def test_who_is_bad_is_not_kept_and_who_games_is_not_rewarded(gamed):
    made, scores, _ = gamed
    of = scores.january[scores.january["of"] == "provider"].set_index("name")["verdict"]
    assert of[BAD] in ("replace", "renegotiate")
    assert of[GAMING] in ("replace", "renegotiate")
    assert of["Zuvasel Contoh"] == "keep"
    assert of["Vezofiber Contoh"] != "replace"
    points = scores.january[scores.january["of"] == "point"].set_index("name")
    for point in made.points:
        if point.game:
            assert points.loc[point.point, "verdict"] != "keep"
            assert point.game in points.loc[point.point, "flagged"]
            assert point.game in set(
                scores.statements.set_index("point").loc[point.point, "flagged"].iloc[0].split(", ")
            )


def test_what_is_replaced_goes_back_to_the_planner_with_its_price(gamed):
    _, scores, place = gamed
    gone = scores.january[(scores.january["of"] == "point") & (scores.january["verdict"] == "replace")]
    assert len(scores.to_planner) == len(gone)
    whole = scores.january[(scores.january["of"] == "provider")].set_index("name")
    assert whole["replaced"].sum() == len(gone)
    # Of three other providers' fees and three offers.
    row = gone[gone["provider"] == BAD].iloc[0]
    assert row["monthly_idr"] == FEES[BAD]
    others = [fee for name, fee in FEES.items() if name != BAD] + [monthly for _, monthly, _ in PRICES]
    assert row["other_monthly_idr"] == np.median(others)
    assert row["known_by"] == "made up"
    score.write(place, scores)
    path = place / "scores" / "all" / "to_planner.csv"
    read = read_spreadsheet(Source(path.name, path, "2026-12-31"))
    reports = read.tables["reports"]
    assert len(reports) == len(gone)
    assert set(reports["level"]) == {"none"}


def test_what_is_deducted_was_truly_missed(gamed):
    """Of deductions for availability, at most as many as the interval allows are for months that kept the limit."""
    made, scores, _ = gamed
    truth = made.availability()
    truth["month"] = [made.months[i] for i in truth["month"]]
    rows = scores.deductions[
        (scores.deductions["what"] == "availability") & (scores.deductions["per"] == "lost")
    ]
    honest = {m.point for m in made.points if not m.game}
    both = rows[rows["amount_idr"] > 0].merge(truth, on=["point", "month"])
    # In the first month the time of grace is not judged, which the truth does not know of.
    both = both[both["point"].isin(honest) & (both["month"] != made.months[0])]
    assert len(both) > 20
    # Surely: the true share lost is seldom smaller than what is deducted for.
    assert (both["availability"] <= both["sure"] + 1e-9).mean() >= 0.95

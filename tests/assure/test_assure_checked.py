"""Points without a probe: what the centre's checks tell of them, with how sure, and what a provider's word is worth."""

import json

import arrivals
import numpy as np
import pandas as pd
import pytest

from merata.assure import compact, decode, score, spool
from merata.assure.routers import FIRST
from merata.assure.spool import Record
from merata.cli import score as command
from merata.cli import screen

#: Of WITA.
NOVEMBER_S = pd.Timestamp("2026-11-01T00:00+08:00").timestamp()
DAYS, EVERY_S = 12, 300


def folder(tmp_path, points=5, promised=0.95):
    place = tmp_path / "measurements"
    place.mkdir()
    names = [f"TL-{n}" for n in range(1, points + 1)]
    told = {"village": "99.01.01.2001", "kind": "school", "provider": "Jaringan (contoh)", "option": "leo"}
    frame = pd.DataFrame({"point": names}).assign(**told, contract="K-1", **{"from": "2026-10-31T16:00Z"})
    frame.to_csv(place / "points.csv", index=False)
    contract = {
        "contract": "K-1",
        "provider": "Jaringan (contoh)",
        "availability": promised,
        "from": "2026-01-01",
    }
    pd.DataFrame([contract]).to_csv(place / "contracts.csv", index=False)
    rows = pd.DataFrame(
        {"number": range(1, points + 1), "point": names, "address": "192.0.2.1", "how": "ping"}
    )
    rows.to_csv(place / "routers.csv", index=False)
    return place


def checks(place, answers):
    """Some days of checks: `answers` is point -> an array of whether each was answered, NaN for none made."""
    records = []
    for n, ok in answers.items():
        time_ms = ((NOVEMBER_S + 20 * n + EVERY_S * np.arange(len(ok))) * 1000).astype(np.int64)
        for first in range(0, len(ok), 500):
            some = [at for at in range(first, min(first + 500, len(ok))) if not np.isnan(ok[at])]
            said = [
                {"number": at + 1, "time_ms": int(time_ms[at]), "how": "ping", "ok": bool(ok[at]),
                 "ms": 40.0 if ok[at] else None, "lost": 0 if ok[at] else 10}
                for at in some
            ]  # fmt: skip
            if said:
                records.append(
                    Record(spool.CENTRE, FIRST + n, said[-1]["time_ms"] + 50, decode.centre_body(said))
                )
    arrivals.into_spool(place, records)
    compact.compact(place)


def all_up(points=5):
    return {n: np.ones(DAYS * 288) for n in range(1, points + 1)}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """Five points without a probe: one well, one dark for four hours, one unseen for half the time."""
    place = folder(tmp_path_factory.mktemp("tanpa alat ukur"))
    answers = all_up()
    answers[2][1000:1048] = 0
    answers[3][::2] = 0
    answers[4][: DAYS * 144] = np.nan
    answers[5][1000:1048] = 0
    begins = pd.Timestamp(NOVEMBER_S + 1000 * EVERY_S, unit="s", tz="UTC")
    told = {
        "point": "TL-5",
        "from": begins.isoformat(),
        "until": (begins + pd.Timedelta(hours=5)).isoformat(),
    }
    pd.DataFrame([told | {"noticed": "2026-10-01T00:00Z"}]).to_csv(place / "maintenance.csv", index=False)
    for ok in answers.values():
        ok[2000:2024] = 0  # nobody answers for two hours: that is the centre
    checks(place, answers)
    scores = score.score(place)
    return place, scores, scores.checked.set_index("point")


def test_a_region_without_any_probe_is_scored_by_its_checks_with_an_interval(checked):
    _, scores, found = checked
    assert scores.months == ["2026-11"]
    dark = found.loc["TL-2"]
    truth = 1 - 48 / (DAYS * 288 - 24)
    assert dark["availability_low"] <= truth <= dark["availability_high"]
    assert dark["availability"] == pytest.approx(truth, abs=0.001)
    assert dark["availability_high"] - dark["availability_low"] < 0.03
    assert (dark["outages"], dark["latency_ms"]) == (1, 40.0)
    assert found.loc["TL-1", "availability"] == 1


def test_that_a_promise_was_kept_can_be_said_and_that_it_was_missed_can_not(checked):
    _, scores, found = checked
    assert found.loc["TL-1", "verdict"] == found.loc["TL-2", "verdict"] == "kept"
    assert found.loc["TL-3", "availability"] < 0.6
    assert found.loc["TL-3", "verdict"] == "unsure", (
        "it may be the power, or a router that was told to be silent"
    )
    cards = scores.scorecards[scores.scorecards["of"] == "point"]
    assert not cards["enough"].astype(bool).any(), "what probes say is not made up from it"
    owed = scores.statements
    assert owed["owed_idr"].equals(owed["due_idr"]), "and no money goes by it"


def test_minutes_in_which_no_router_answers_are_the_centres(checked):
    _, _, found = checked
    assert found.loc["TL-1", "outages"] == 0
    assert found.loc["TL-1", "known_share"] == pytest.approx(1 - 24 / (DAYS * 288), abs=0.001)
    assert found.loc["TL-4", "known_share"] == pytest.approx(0.5, abs=0.01)


def test_planned_work_is_left_out(checked):
    assert checked[2].loc["TL-5", "availability"] > 0.999


def test_a_file_of_its_own_is_written(checked):
    place, scores, _ = checked
    score.write(place, scores)
    written = pd.read_csv(place / "scores" / "all" / "checked.csv", dtype={"month": str})
    assert list(written["point"]) == [f"TL-{n}" for n in range(1, 6)]
    assert "checked" in json.loads((place / "scores" / "all" / "about.json").read_text())["files"]


def test_the_command_shows_checks_where_no_probe_speaks(checked, monkeypatch):
    said = []
    monkeypatch.setattr(screen, "say_table", lambda heads, rows, title="": said.append((title, rows)))
    command._show(checked[1])
    [rows] = [rows for title, rows in said if title.startswith("The centre's checks of 5 points")]
    assert [row[-1] for row in rows if row[0] in ("TL-1", "TL-3")] == ["unsure", "kept"]


def test_a_region_with_nothing_but_a_providers_word_shows_it_and_judges_nothing(tmp_path):
    from merata.assure import others

    place = folder(tmp_path, points=1)
    sheet = tmp_path / "nms.csv"
    days = [f"TL-1,2026-11-{day:02d},2026-11-{day + 1:02d},99.5" for day in range(1, 20)]
    sheet.write_text("\n".join(["titik,mulai,selesai,availability (%)", *days]) + "\n")
    taken = others.take(place, [sheet], "Jaringan (contoh)")
    assert taken.new == 19, (taken.refused, taken.findings)
    scores = score.score(place)
    [row] = scores.others.to_dict("records")
    assert (row["kind"], row["availability"]) == ("provider", pytest.approx(0.995))
    assert np.isnan(row["measured"])
    assert scores.checked.empty
    assert not scores.scorecards["enough"].astype(bool).any()
    assert (scores.scorecards["availability_verdict"] != "kept").all()
    score.write(place, scores)

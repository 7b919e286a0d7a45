"""Contracts that follow each other, service that is suspended, and days without any evidence, by hand."""

import numpy as np
import pandas as pd
import pytest
from test_assure_owed import CONTRACT, DAY, EDGES, HOUR, evidence, made, outage, place

from merata.assure import january, judged, outages, scorecards, service, under, windows
from merata.assure import programme as agreed
from merata.assure.looks import Centre
from merata.errors import FileError

#: Local days of the made-up first month, s since 1970.
JANUARY = EDGES[0]


def utc(day, hour=0):
    """So many days after the first month began, as the files write it."""
    return str(np.datetime64(int(JANUARY + day * DAY + hour * HOUR), "s")) + "Z"


def file(folder, name, head, *rows):
    (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n")


@pytest.fixture
def followed(tmp_path):
    """Point A is P's under K until the 11th of January, then Q's under L at another fee, with a stricter promise."""
    place(tmp_path, contract="K,P,0.98,24,3100000,,,\nL,Q,0.999,4,6200000,,,", rules=[
        "K,availability,0.9,0.5,,", "L,availability,0.9,1,,", "L,repair,4,0.01,hour,",
    ])  # fmt: skip
    file(
        tmp_path,
        "point_contracts",
        "point,contract,monthly_idr,from,until",
        f"A,K,,,{utc(10)}",
        f"A,L,,{utc(10)},",
    )
    text = (
        (tmp_path / "points.csv")
        .read_text()
        .replace("A,P,fibre,school,2025-12-31T16:00Z,K", "A,Q,fibre,school,2025-12-31T16:00Z,L")
    )
    (tmp_path / "points.csv").write_text(text)
    return tmp_path


def of_january(rows, point="A"):
    return rows[(rows["point"] == point) & (rows["period"] == "2026-01")].set_index("contract")


def test_each_day_is_due_by_the_contract_that_stood_then(followed):
    months, _, _ = made(followed, [])
    rows = of_january(months)
    assert rows["provider"].to_dict() == {"K": "P", "L": "Q"}
    assert rows["days"].to_dict() == {"K": 10, "L": 21}
    assert rows["due_idr"].to_dict() == {"K": 1000000, "L": 4200000}
    assert months[(months["period"] == "2026") & (months["point"] == "A")]["days"].tolist() == [10, 21 + 28]
    whole = months[(months["period"] == "2026-01") & (months["point"] == "B")].iloc[0]
    assert (whole["days"], whole["due_idr"], whole["provider"]) == (31, 3100000, "P")


def test_a_day_on_which_contracts_change_is_the_earlier_ones(followed):
    """Never paid twice: changed at noon, the day is K's alone."""
    noon = utc(10, 12)
    file(
        followed, "point_contracts", "point,contract,monthly_idr,from,until", f"A,K,,,{noon}", f"A,L,,{noon},"
    )
    assert of_january(made(followed, [])[0])["days"].to_dict() == {"K": 11, "L": 20}


def test_an_outage_over_the_change_is_cut_there(followed):
    """30 h before it and 60 h after it: the first provider does not answer for the second one's time."""
    months, deductions, _ = made(followed, [outage("A", 10 * 24 - 30, 90)])
    rows = deductions.set_index(["contract", "what"])
    assert rows.loc[("K", "availability"), "likely"] == pytest.approx(1 - 30 / 240, abs=1e-6)
    assert rows.loc[("L", "availability"), "likely"] == pytest.approx(1 - 60 / 504, abs=1e-6)
    assert rows.loc[("L", "repair"), "likely"] == pytest.approx(60)
    assert rows.loc[("K", "availability"), "amount_idr"] == 500000
    assert ("K", "repair") not in rows.index
    owed = of_january(months)
    assert owed.loc["K", "owed_idr"] == 500000
    assert (owed["due_idr"] == owed["owed_idr"] + owed["deducted_idr"]).all()


def test_promises_power_and_notice_are_those_of_the_contract_that_stood(followed):
    text = (followed / "contracts.csv").read_text().splitlines()
    head = f"{CONTRACT},notice_hours,power_by"
    (followed / "contracts.csv").write_text(
        "\n".join([head, f"{text[1]},72,", f"{text[2]},1,provider"]) + "\n"
    )
    told = "point,provider,district,from,until,noticed"
    works = [f",P,,{utc(5)},{utc(6)},{utc(4)}", f",Q,,{utc(9)},{utc(12)},{utc(8)}"]
    file(followed, "maintenance", told, *works)
    programme = agreed.read(followed)
    # P's was told a day before, for which K wants three; Q's is about A from the day on which A became Q's.
    assert windows.planned(programme) == [("A", JANUARY + 10 * DAY, JANUARY + 12 * DAY, "maintenance")]
    cuts = pd.DataFrame([outage("A", 24, 5, 1, cause="power"), outage("A", 20 * 24, 5, 2, cause="power")])
    found = outages.excused(cuts, programme).set_index("outage")["excused_by"]
    assert found.to_dict() == {1: "power", 2: ""}
    periods = pd.Series(["2025-12", "2026-01", "2026"])
    assert under.promised_in(programme, pd.Series(["A"] * 3), periods)["availability"].tolist() == [
        0.98,
        0.999,
        0.999,
    ]


def test_scorecards_and_january_tell_a_change_of_provider(followed):
    """Of the year's two months one was P's: January counts for the provider whose it mostly was."""
    late = utc(30)
    file(
        followed, "point_contracts", "point,contract,monthly_idr,from,until", f"A,K,,,{late}", f"A,L,,{late},"
    )
    programme = agreed.read(followed)
    group = scorecards._groups(programme)["provider"]
    points, periods = pd.Series(["A", "A", "B"]), pd.Series(["2026-01", "2026-02", "2026-02"])
    assert under.group_in(programme, group, points, periods).tolist() == ["P", "Q", "P"]
    cards = pd.DataFrame({"name": points, "period": periods})
    assert january._of_present(cards, programme).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            ["A,K,,,", "A,L,,2026-01-05T00:00Z,"],
            r"row 3, column from: another contract stands at the point then still",
        ),
        (["A,M,,,"], r"point_contracts.csv, row 2: 'M' is not in contracts.csv"),
        (["C,K,,,"], r"point_contracts.csv, row 2: 'C' is not in points.csv"),
    ],
)
def test_contracts_that_can_not_follow_are_refused(followed, rows, said):
    file(followed, "point_contracts", "point,contract,monthly_idr,from,until", *rows)
    with pytest.raises(FileError, match=said):
        agreed.read(followed)


# Suspended

TERMS = f"{CONTRACT},suspended_share,silent_days,silent_share"


ORDERS = (f",P,,{utc(10, 6)},{utc(14)},flood", f"A,,,{utc(13)},{utc(16, 20)},closed")


def suspended(folder, share="", rows=ORDERS):
    place(folder, rules=["K,availability,0.98,0.1,,", "K,repair,4,0.01,hour,"])
    file(folder, "contracts", TERMS, f"K,P,0.98,24,3100000,,,,{share},,")
    file(folder, "suspended", "point,provider,district,from,until,why", *rows)
    return folder


@pytest.mark.parametrize(("share", "due"), [("", 2600000), ("0.25", 2725000), ("1", 3100000)])
def test_whole_days_of_suspension_are_not_due(tmp_path, share, due):
    """A's rest from the 11th, 6 h, to the 17th, 20 h, by two orders: five whole days; B's three."""
    months, _, _ = made(suspended(tmp_path, share), [])
    assert of_january(months)[["suspended_days", "due_idr"]].to_numpy().tolist() == [[5, due]]
    assert of_january(months, "B")["suspended_days"].tolist() == [3]
    assert months[(months["period"] == "2026") & (months["point"] == "A")]["suspended_days"].tolist() == [5]


def test_no_time_is_judged_while_service_rests(tmp_path):
    """Of 102 h of outage 20 lie before the order; nothing else counts, as down or as lasting."""
    folder = suspended(tmp_path)
    months, deductions, _ = made(folder, [outage("A", 10 * 24 + 6 - 20, 102)])
    rows = deductions.set_index("what")
    assert rows.loc["repair", "likely"] == pytest.approx(20)
    rested = 6 * 24 + 14
    assert rows.loc["availability", "likely"] == pytest.approx(1 - 20 / (744 - rested), abs=1e-6)
    assert of_january(months)["due_idr"].tolist() == [2600000]
    found = outages.excused(pd.DataFrame([outage("A", 10 * 24 + 6 - 20, 102)]), agreed.read(folder))
    assert found.groupby("excused_by")["start"].count().to_dict() == {"": 1, "suspended": 1}
    assert windows.suspensions(agreed.read(folder))["why"].tolist() == ["flood", "closed", "flood"]


def test_a_suspension_without_end_goes_on(tmp_path):
    months, _, _ = made(suspended(tmp_path, rows=[f"A,,,{utc(20)},,order 7"]), [])
    rows = months[months["point"] == "A"].set_index("period")
    assert rows["suspended_days"].to_dict() == {"2026-01": 11, "2026-02": 28, "2026": 39}
    assert rows.loc["2026-02", "owed_idr"] == 0


# Silence


def silent(folder, days="", share="0.5", majeure=()):
    place(folder, rules=["K,availability,0.98,0.1,,"])
    file(folder, "contracts", TERMS, f"K,P,0.98,24,3100000,,,,,{days},{share}")
    if majeure:
        file(folder, "majeure", "point,provider,district,from,until,why", *majeure)
    return folder


def unheard(start_h=5 * 24 - 3, hours=12 * 24 + 6, number=-4):
    """Twelve whole days, and three hours at either end."""
    return outage("A", start_h, hours, number, cause="unknown", counts="unknown", looks=0)


@pytest.mark.parametrize(
    ("days", "share", "amount", "formula"),
    [
        ("", "", None, ""),
        ("", "0.5", 250000, "0.5 × (12 − 7) / 31 × 3100000"),
        ("10", "0", 200000, "1 × (12 − 10) / 31 × 3100000"),
        ("12", "0", None, ""),
    ],
)
def test_days_without_evidence_are_due_as_the_contract_says(tmp_path, days, share, amount, formula):
    months, deductions, _ = made(silent(tmp_path, days, share), [unheard()])
    row = of_january(months).iloc[0]
    assert (row["silence_idr"], row["deducted_idr"]) == (amount or 0, amount or 0)
    assert row["owed_idr"] == 3100000 - (amount or 0)
    found = deductions[deductions["what"] == "silence"]
    assert len(found) == (amount is not None)
    for one in found.itertuples():
        assert (one.amount_idr, one.formula, one.outages, one.sure) == (amount, formula, "-4", 12)


def test_days_that_something_excuses_are_not_held_against_anybody(tmp_path):
    """A contest that was upheld, or force majeure, of an hour on two of the days: ten days are left."""
    _, deductions, _ = made(silent(tmp_path, majeure=[f"A,,,{utc(7, 23)},{utc(8, 1)},storm"]), [unheard()])
    assert deductions["sure"].tolist() == [10]


def test_silence_of_everybody_is_the_centres(tmp_path):
    """On three days nobody was heard at all, on one most missed the centre: eight are left, one beyond seven."""
    bins = np.tile([10, 0], (31 * 288, 1))
    bins[6 * 288 : 9 * 288] = 0
    bins[9 * 288 : 10 * 288, 1] = 9
    of = evidence(silent(tmp_path), [unheard()])
    told = judged.Evidence(
        **{n: getattr(of, n) for n in of.__dataclass_fields__} | {"centre": Centre(JANUARY, bins)}
    )
    assert judged.silent(told, judged.judged_pieces(told))["silent"].tolist() == [8]


def test_time_without_a_probe_is_not_the_providers(tmp_path):
    """The office took the probe away at noon of the twelfth: of the silence six whole days are left."""
    of = evidence(silent(tmp_path), [unheard()])
    stood = pd.DataFrame({"point": ["A"], "low": [JANUARY], "high": [JANUARY + 11.5 * DAY]})
    told = judged.Evidence(**{n: getattr(of, n) for n in of.__dataclass_fields__} | {"probes": stood})
    assert judged.silent(told, judged.judged_pieces(told))["silent"].tolist() == [6]
    probes = pd.DataFrame(
        {"probe": [1, 2, 3], "point": ["A", "B", "C"], "from": [-np.inf, -np.inf, 7.0], "until": np.inf}
    )
    heard = pd.DataFrame({"probe": [1], "first": [50.0], "last": [90.0]})
    programme = agreed.Programme(**dict.fromkeys(agreed.Programme.__dataclass_fields__, probes))
    assert service.stood(programme, heard)["low"].tolist() == [50, np.inf, 7]


def test_silence_is_known_from_the_month_alone(tmp_path):
    """Of a silence over the edge of months each month has its own days: one month scored alone says the same."""
    over = unheard(20 * 24, 20 * 24)
    both = made(silent(tmp_path), [over])[1]
    alone = made(silent(tmp_path), [over], months=1, as_of=EDGES[1])[1]
    assert both["sure"].tolist() == [11, 9]
    assert alone["amount_idr"].tolist() == both["amount_idr"].tolist()[:1]

"""What is owed: terms of contracts, never more than a cap, exact sums, and the same again from what is written."""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.assure import judged, owed, score, terms
from merata.assure import programme as agreed
from merata.assure.looks import edges_of
from merata.errors import FileError

HOUR, DAY = 3600.0, 86400.0
MONTHS = ["2026-01", "2026-02"]
EDGES = edges_of(MONTHS)
CONTRACT = "contract,provider,availability,repair_hours,monthly_idr,cap,year_cap,grace_hours"
RULES = "contract,what,limit,share,per,cap"
STEPS = ("K,availability,0.98,0.1,,", "K,availability,0.95,0.3,,", "K,availability,0.9,1,,")


def place(tmp_path, contract="K,P,0.98,24,3000000,0.5,,", rules=STEPS, points=("A", "B")):
    rows = "\n".join(f"{p},P,fibre,school,2025-12-31T16:00Z,K" for p in points)
    (tmp_path / "points.csv").write_text(f"point,provider,option,kind,from,contract\n{rows}\n")
    (tmp_path / "probes.csv").write_text(
        "probe,point\n" + "".join(f"{i},{p}\n" for i, p in enumerate(points))
    )
    (tmp_path / "contracts.csv").write_text(f"{CONTRACT}\n{contract}\n")
    (tmp_path / "deductions.csv").write_text("\n".join([RULES, *rules]) + "\n")
    return tmp_path


def outage(point, start_h, hours, number=1, **more):
    """An outage that began so many hours after the first month."""
    start = EDGES[0] + start_h * HOUR
    usual = {
        "outage": number, "point": point, "probe": 0, "cause": "link", "counts": "down", "excused_by": "", "wide": "",
        "start": start, "end": start + hours * HOUR, "start_wide_s": 300.0, "end_wide_s": 300.0, "sure_s": 0.0,
        "looks": 12, "ended": True,
    }  # fmt: skip
    return usual | more


def evidence(folder, outages, tests=(), as_of=EDGES[-1], months=2):
    programme = agreed.read(folder)
    columns = list(outage("A", 0, 1))
    points = programme.points
    services = pd.DataFrame({"point": points["point"], "begins": points["from"], "until": points["until"]})
    tried = pd.DataFrame(list(tests), columns=["point", "month", "time", "down_mbps", "up_mbps"])
    tried = tried.astype({"month": int, "time": float, "down_mbps": float, "up_mbps": float})
    latency = pd.DataFrame({c: [] for c in ("point", "month", "n", "median_ms", "low_ms", "high_ms")})
    pieces = pd.DataFrame([o for o in outages if o["point"] in set(points["point"])], columns=columns)
    pieces = pieces.astype(
        {"start": float, "end": float, "start_wide_s": float, "end_wide_s": float, "sure_s": float}
    )
    pieces = pieces.sort_values(["point", "start"], kind="stable", ignore_index=True)
    return judged.Evidence(
        programme, pieces, services, tried, latency, EDGES[: months + 1], as_of, MONTHS[:months]
    )


def made(*args, flagged=None, **more):
    return owed.owed(evidence(*args, **more), flagged or {})


# Terms


def ladder(what, per, *steps, cap=None):
    more = {} if cap is None else {"cap": terms.exact(cap)}
    return terms.Ladder("K", what, per, tuple((terms.exact(a), terms.exact(b)) for a, b in steps), **more)


@pytest.mark.parametrize(
    ("of", "value", "hours", "share"),
    [
        # Steps, as clouds have them: below 99.99 % a tenth, below 99 % three tenths, below 95 % all.
        (ladder("availability", "", (0.9999, 0.1), (0.99, 0.3), (0.95, 1)), 0.9999, 0, 0),
        (ladder("availability", "", (0.9999, 0.1), (0.99, 0.3), (0.95, 1)), 0.995, 0, 0.1),
        (ladder("availability", "", (0.9999, 0.1), (0.99, 0.3), (0.95, 1)), 0.99, 0, 0.1),
        (ladder("availability", "", (0.9999, 0.1), (0.99, 0.3), (0.95, 1)), 0.2, 0, 1),
        # Restitution: what was lost, of the fee, once the promise is missed; by hours down; by percent missing.
        (ladder("availability", "lost", (0.98, 1)), 0.97, 0, 0.03),
        (ladder("availability", "lost", (0.98, 1)), 0.98, 0, 0),
        (ladder("availability", "hour", (0.98, 0.002)), 0.97, 22.32, 0.04464),
        (ladder("availability", "percent", (0.98, 0.02), (0.95, 0.05)), 0.94, 0, 0.02 * 3 + 0.05 * 1),
        (ladder("down_mbps", "percent", (10, 0.005)), 8, 0, 0.1),
        (ladder("latency", "", (100, 0.05), (200, 0.1)), 150, 0, 0.05),
        # A penalty for each hour late, with a cap of its own.
        (ladder("repair", "hour", (24, 0.001)), 30.5, 0, 0.0065),
        (ladder("repair", "hour", (24, 0.001), cap=0.005), 30.5, 0, 0.005),
        (ladder("repair", "", (24, 0.05), (72, 0.2)), 80, 0, 0.2),
    ],
)
def test_terms_that_contracts_have(of, value, hours, share):
    assert of.share_of(terms.exact(value), terms.exact(hours)) == terms.exact(share)


def test_steps_stand_the_mildest_first_whatever_the_order_of_rows():
    rows = pd.DataFrame([
        ("L", "repair", "", 72, 0.2, np.nan), ("K", "availability", "", 0.9, 1, np.nan),
        ("K", "latency", "", 200, 0.1, 0.3), ("K", "availability", "", 0.98, 0.1, np.nan),
        ("K", "availability", "", 0.95, 0.3, np.nan), ("L", "repair", "", 24, 0.05, np.nan),
        ("K", "latency", "", 100, 0.05, 0.3),
    ], columns=["contract", "what", "per", "limit", "share", "cap"])  # fmt: skip
    found = terms.ladders(rows)
    assert [(of.contract, of.what) for of in found] == [
        ("K", "availability"),
        ("K", "latency"),
        ("L", "repair"),
    ]
    steps = [[(float(limit), float(share)) for limit, share in of.steps] for of in found]
    assert steps == [[(0.98, 0.1), (0.95, 0.3), (0.9, 1)], [(100, 0.05), (200, 0.1)], [(24, 0.05), (72, 0.2)]]
    assert [of.share_of(Fraction(value)) for of, value in zip(found, (0, 300, 100), strict=True)] == [
        1, Fraction(1, 10), Fraction(1, 5),
    ]  # fmt: skip
    assert found[1].cap == Fraction(3, 10)
    assert found[0].cap > 1000, "as good as none"


@given(
    st.sampled_from(
        [("availability", p) for p in terms.PER["availability"]] + [("repair", ""), ("repair", "hour")]
    ),
    st.lists(
        st.tuples(st.integers(1, 99), st.integers(0, 50)), min_size=1, max_size=4, unique_by=lambda s: s[0]
    ),
    st.integers(0, 100),
    st.lists(st.integers(0, 1000), min_size=2, max_size=2),
)
def test_more_missed_is_never_deducted_less(kind, steps, cap, values):
    what, per = kind
    worst_last = sorted(steps, reverse=what == "availability")
    shares = sorted(s for _, s in steps)
    of = ladder(
        what, per, *((limit / 100 if what == "availability" else limit, share / 100)
                     for (limit, _), share in zip(worst_last, shares, strict=True)), cap=cap / 100,
    )  # fmt: skip
    good, bad = sorted(values, reverse=what == "availability")
    if what == "availability":
        found = [of.share_of(Fraction(v, 1000), 744 * (1 - Fraction(v, 1000))) for v in (good, bad)]
    else:
        found = [of.share_of(Fraction(v, 10)) for v in (good, bad)]
    assert 0 <= found[0] <= found[1] <= Fraction(cap, 100)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (["K,availability,98,0.1,,"], r"row 2, column limit: '98.0' is no share from 0 to 1: 98 % is 0.98"),
        (
            ["K,availability,0.98,0.3,,", "K,availability,0.9,0.1,,"],
            r"row 3, column share: '0.1' is less than where",
        ),
        (["K,down_mbps,10,0.1,hour,"], r"row 2, column per: 'hour' does not fit"),
        (["K,repair,24,0.1,,0.2", "K,repair,48,0.2,,0.3"], "row 2, column cap: '0.2' differs from"),
        (["K,up_mbps,0,0.1,,"], "row 2, column limit: '0.0' can't be the limit"),
        (["K,beauty,1,0.1,,"], r"row 2, column what: 'beauty' is none of availability"),
        (["L,repair,24,0.1,,"], r"row 2: 'L' is not in contracts.csv. Add it there."),
        (["K,repair,24,-1,,"], r"row 2, column share: '-1' is no number from 0 to 100"),
    ],
)
def test_terms_that_cannot_be_are_refused(tmp_path, rules, said):
    with pytest.raises(FileError, match=said):
        agreed.read(place(tmp_path, rules=rules))


def test_a_fee_is_whole_rupiah(tmp_path):
    with pytest.raises(
        FileError, match=r"contracts.csv, row 2, column monthly_idr: '1.5' is no whole number of rupiah"
    ):
        agreed.read(place(tmp_path, contract="K,P,0.98,24,1.5,,,"))


# What is due


def test_a_month_in_part_is_due_by_days(tmp_path):
    folder = place(tmp_path, points=("A",), contract="K,P,0.98,24,1000000,,,")
    text = (folder / "points.csv").read_text().replace("2025-12-31T16:00Z", "2026-01-20T20:00Z")
    (folder / "points.csv").write_text(text)
    months, _, _ = made(folder, [], as_of=EDGES[1] + 9.5 * DAY)
    rows = months.set_index("period")
    # From 21 January, 4 o'clock, on: 11 of 31 days; of February ten days are known.
    assert rows.loc["2026-01", ["days", "of_days", "due_idr"]].tolist() == [11, 31, 354839]
    assert rows.loc["2026-02", ["days", "of_days", "due_idr"]].tolist() == [10, 28, 357143]
    assert rows["provisional"].tolist() == [False, True, True]
    assert rows.loc["2026", "owed_idr"] == 354839 + 357143


def test_a_points_own_fee_goes_before_its_contracts(tmp_path):
    folder = place(tmp_path)
    lines = (folder / "points.csv").read_text().splitlines()
    (folder / "points.csv").write_text(
        "\n".join([f"{lines[0]},monthly_idr", f"{lines[1]},500", f"{lines[2]},"])
    )
    months, _, _ = made(folder, [])
    assert months[months["period"] == "2026-01"]["due_idr"].tolist() == [500, 3000000]


# By hand


def test_a_statement_by_hand(tmp_path):
    """30 h of 744 down: 95.97 % at the likeliest, surely no more than 96.02 %: a tenth of 3 million."""
    folder = place(tmp_path)
    months, deductions, _ = made(folder, [outage("A", 100, 30, 7), outage("B", 5, 1, 8)])
    assert deductions["point"].tolist() == ["A"]
    row = deductions.iloc[0]
    assert (row["what"], row["amount_idr"], row["outages"], row["month"]) == (
        "availability",
        300000,
        "7",
        "2026-01",
    )
    assert row["formula"] == "0.1 × 3000000"
    assert row["likely"] == pytest.approx(1 - 30 / 744, abs=1e-6)
    assert row["likely"] < row["sure"] < 1 - 29.8 / 744
    first = months[(months["point"] == "A") & (months["period"] == "2026-01")].iloc[0]
    assert first[["due_idr", "deducted_idr", "owed_idr"]].tolist() == [3000000, 300000, 2700000]


def test_what_is_in_doubt_is_not_deducted_but_said(tmp_path):
    """14.9 h of 744 are just above 2 % lost; 14.88 would be 2 %: the promise lies within the interval."""
    months, deductions, _ = made(place(tmp_path), [outage("A", 100, 14.9)])
    row = deductions.iloc[0]
    assert (row["amount_idr"], row["likely_idr"], row["formula"]) == (0, 300000, "")
    first = months[(months["point"] == "A") & (months["period"] == "2026-01")].iloc[0]
    assert first[["deducted_idr", "owed_idr", "likely_deducted_idr"]].tolist() == [0, 3000000, 300000]


def test_each_late_repair_is_deducted_until_their_cap(tmp_path):
    rules = ["K,repair,24,0.01,hour,0.15"]
    late = [outage("A", 10, 34.1, 1), outage("A", 100, 32.1, 2), outage("A", 200, 20, 3)]
    _, deductions, _ = made(place(tmp_path, rules=rules), late)
    # Each surely lasted 5 minutes less: 10.01667 h and 8.01667 h late, of which 5 % are left below the cap.
    assert deductions["amount_idr"].tolist() == [300500, 149499]
    assert deductions["outages"].tolist() == ["1", "2"]
    assert deductions["formula"].tolist() == [
        "0.01 × 10.016667 × 3000000",
        "0.01 × 8.016667 × 3000000, at most 0.049833 × 3000000",
    ]


def test_the_cap_of_a_month_and_of_a_year(tmp_path):
    contract = "K,P,0.98,24,3000000,0.5,0.1,"
    months, deductions, _ = made(place(tmp_path, contract=contract), [outage("A", 100, 300)])
    assert deductions["amount_idr"].tolist() == [3000000]
    rows = months[months["point"] == "A"].set_index("period")
    assert rows.loc["2026-01", ["deducted_idr", "over_cap_idr", "owed_idr"]].tolist() == [
        1500000,
        1500000,
        1500000,
    ]
    # A tenth of a year's six million.
    assert rows.loc["2026", ["deducted_idr", "over_cap_idr", "owed_idr"]].tolist() == [
        600000,
        2400000,
        5400000,
    ]


def test_a_new_point_is_not_judged_in_its_time_of_grace(tmp_path):
    contract = "K,P,0.98,24,3000000,,,336"
    rules = [*STEPS, "K,repair,24,0.01,hour,"]
    months, deductions, _ = made(place(tmp_path, contract=contract, rules=rules), [outage("A", 20, 200)])
    assert len(deductions) == 0
    assert months["deducted_idr"].sum() == 0
    _, deductions, _ = made(place(tmp_path, contract=contract, rules=rules), [outage("A", 300, 96)])
    # 336 h after its begin 60 h of the outage are left: 36 h late, and 60 of 408 h down.
    by = deductions.set_index("what")
    assert by.loc["repair", "likely"] == pytest.approx(60)
    assert by.loc["availability", "likely"] == pytest.approx(1 - 60 / 408, abs=1e-6)


def test_nothing_is_due_and_judged_out_of_a_contracts_time(tmp_path):
    """From 11 January to 9 February (WITA): 21 of 31 days, 9 of 28."""
    folder = place(tmp_path, rules=[*STEPS, "K,repair,24,0.01,hour,"])
    path = folder / "contracts.csv"
    first, row = path.read_text().splitlines()
    path.write_text(f"{first},from,until\n{row},2026-01-10T16:00Z,2026-02-09T16:00Z\n")
    # One before, one over its begin (of which 30 h count), one over its end (26 h), one after.
    hours = [(20, 60), (200, 70), (31 * 24 + 9 * 24 - 26, 40), (31 * 24 + 300, 90)]
    months, deductions, _ = made(folder, [outage("A", *o, i) for i, o in enumerate(hours)])
    rows = months[(months["point"] == "A")].set_index("period")
    assert rows["days"].to_dict() == {"2026-01": 21, "2026-02": 9, "2026": 30}
    assert rows.loc["2026-01", "due_idr"] == round(3000000 * 21 / 31)
    repair = deductions[deductions["what"] == "repair"]
    assert repair["likely"].tolist() == pytest.approx([30, 26])
    assert repair["high"].iloc[1] == np.inf, "its end is not in the contract's time"
    by = deductions[deductions["what"] == "availability"].set_index("month")["likely"]
    assert by["2026-01"] == pytest.approx(1 - 30 / (21 * 24), abs=1e-6)
    assert by["2026-02"] == pytest.approx(1 - 26 / (9 * 24), abs=1e-6)


def test_too_little_evidence_deducts_nothing_and_is_said(tmp_path):
    unknown = outage("A", 0, 500, 5, cause="unknown", counts="unknown", looks=0)
    months, deductions, _ = made(place(tmp_path), [unknown, outage("A", 500, 200)])
    assert len(deductions) == 0
    rows = months[months["period"] == "2026-01"].set_index("point")
    assert rows["too_little"].to_dict() == {"A": "availability", "B": ""}


def test_rates_are_traced_to_their_tests(tmp_path):
    dice = np.random.default_rng(1)
    rates = 7 * np.exp(0.2 * dice.standard_normal(30))
    tests = [("A", 0, EDGES[0] + i * DAY, rate, 9.0) for i, rate in enumerate(rates)]
    rules = ["K,down_mbps,10,0.1,,", "K,up_mbps,2,0.1,,"]
    _, deductions, behind = made(place(tmp_path, rules=rules), [], tests)
    assert deductions[["what", "evidence", "amount_idr"]].to_numpy().tolist() == [["down_mbps", 30.0, 300000]]
    assert deductions["sure"].iloc[0] == pytest.approx(np.sort(rates)[20], abs=1e-6)
    assert behind["down_mbps"].tolist() == pytest.approx(rates.tolist())


def test_a_fee_in_part_is_rounded_to_the_nearest_rupiah_half_a_rupiah_up(tmp_path):
    """Of a fee of 1 rupiah: 14 of 28 days are half of it, 13 are less."""
    folder = place(tmp_path, contract="K,P,,,1,,,")
    text = (folder / "points.csv").read_text()
    for point, begins in (("A", "2026-02-14T16:00Z"), ("B", "2026-02-15T16:00Z")):
        text = text.replace(f"{point},P,fibre,school,2025-12-31T16:00Z", f"{point},P,fibre,school,{begins}")
    (folder / "points.csv").write_text(text)
    months = made(folder, [])[0]
    rows = months[months["period"] == "2026-02"].set_index("point")
    assert rows[["days", "due_idr"]].to_numpy().tolist() == [[14, 1], [13, 0]]


LATE = ("K,latency,100,0.05,,", "K,latency,145,0.1,,", "K,latency,100,0.002,percent,")


def round_trips(folder, *rows, **more):
    """The evidence with round trips: point, number of the month, how many, median, and its interval, ms."""
    columns = ["point", "month", "n", "median_ms", "low_ms", "high_ms"]
    return replace(evidence(folder, [], **more), latency=pd.DataFrame(rows, columns=columns))


def test_slow_round_trips_are_deducted_for_at_the_lower_end(tmp_path):
    """150 ms at the likeliest, surely 140: of a limit of 100 ms surely 40 % too much; at 100 ms itself nothing is."""
    told = round_trips(
        place(tmp_path, rules=LATE),
        ("A", 0, 288, 150.0, 140.0, 160.0), ("A", 1, 5000, 120.0, 100.0, 130.0), ("B", 0, 287, 500.0, 400.0, 600.0),
        ("B", 1, 5000, 100.0, 99.0, 101.0),
    )  # fmt: skip
    months, deductions, _ = owed.owed(told, {"A": "claims"})
    assert deductions["point"].tolist() == ["A"] * 4
    assert months.index.is_unique
    columns = [
        "month",
        "per",
        "sure",
        "likely",
        "low",
        "high",
        "evidence",
        "amount_idr",
        "likely_idr",
        "formula",
    ]
    assert deductions[columns].to_numpy().tolist() == [
        ["2026-01", "", 140, 150, 140, 160, 288, 150000, 300000, "0.05 × 3000000"],
        ["2026-01", "percent", 140, 150, 140, 160, 288, 240000, 300000, "0.002 × 40 × 3000000"],
        ["2026-02", "", 100, 120, 100, 130, 5000, 0, 150000, ""],
        ["2026-02", "percent", 100, 120, 100, 130, 5000, 0, 120000, ""],
    ]
    rows = months.set_index(["point", "period"])
    assert rows.loc[("A", "2026-01"), ["latency_idr", "owed_idr"]].tolist() == [390000, 2610000]
    assert rows.loc[("A", "2026"), ["latency_idr", "likely_deducted_idr"]].tolist() == [390000, 870000]
    assert rows["too_little"].to_dict() == dict.fromkeys(rows.index, "") | {
        ("B", "2026-01"): "latency", ("B", "2026"): "latency",
    }  # fmt: skip
    assert set(months["flagged"][months["point"] == "A"]) == {"claims"}
    assert set(months["flagged"][months["point"] == "B"]) == {""}


@pytest.mark.parametrize(
    ("contract", "judged_in"),
    [
        ("K,P,,,3000000,,,,,", [0, 1]),
        ("K,P,,,3000000,,,24,,", [1]),
        ("K,P,,,3000000,,,,,2026-02-28T15:00Z", [0]),
        ("K,P,,,3000000,,,,,2026-02-28T16:00Z", [0, 1]),
        ("K,P,,,3000000,,,,2026-01-01T00:00Z,", [1]),
    ],
)
def test_round_trips_are_judged_of_whole_months(tmp_path, contract, judged_in):
    """Grace, or a contract that begins or ends within the month, lets its round trips out."""
    folder = place(tmp_path, rules=LATE)
    (folder / "contracts.csv").write_text(f"{CONTRACT},from,until\n{contract}\n")
    rows = [("A", month, 300, 150.0, 140.0, 160.0) for month in (0, 1)]
    of = round_trips(folder, *rows)
    found = judged.values(of, judged.judged_pieces(of))
    assert found[found["what"] == "latency"]["month"].tolist() == judged_in


def test_a_point_that_begins_within_a_month_is_judged_by_its_round_trips(tmp_path):
    """It had none before; nothing is left out."""
    folder = place(tmp_path, rules=LATE, points=("A",))
    text = (folder / "points.csv").read_text().replace("2025-12-31T16:00Z", "2026-01-20T20:00Z")
    (folder / "points.csv").write_text(text)
    deductions = owed.owed(round_trips(folder, ("A", 0, 300, 110.0, 105.0, 115.0)), {})[1]
    assert deductions["due_idr"].tolist() == [1064516, 1064516]


@pytest.mark.parametrize(("tests", "amounts", "lacking"), [(10, [300000], ""), (9, [], "up_mbps")])
def test_a_rate_wants_ten_tests(tmp_path, tests, amounts, lacking):
    """6 Mbit/s of 8 are a quarter too little: of four in a thousand for each per cent a tenth."""
    slow = [("A", 0, EDGES[0] + i * DAY, 50.0, 6.0) for i in range(tests)]
    enough = [("B", 0, EDGES[0] + i * DAY, 50.0, 8.0) for i in range(10)]
    rules = ["K,up_mbps,8,0.004,percent,"]
    months, deductions, behind = made(place(tmp_path, rules=rules), [], slow + enough)
    assert deductions["amount_idr"].tolist() == amounts
    assert len(behind) == len(amounts) * tests
    first = months[months["period"] == "2026-01"].set_index("point")
    assert first["too_little"].to_dict() == {"A": lacking, "B": ""}


def test_tests_count_within_the_contracts_time_alone(tmp_path):
    """The one at its first second does, the one at its end does not; nor do any in the time of grace."""
    folder = place(tmp_path, contract="K,P,,,3000000,,,24", rules=["K,down_mbps,10,0.1,,"])
    path = folder / "contracts.csv"
    head, row = path.read_text().splitlines()
    path.write_text(f"{head},until\n{row},2026-02-09T16:00Z\n")
    begins, until = EDGES[0] + DAY, EDGES[1] + 9 * DAY
    times = [begins - 1, begins, until - 1, until]
    told = evidence(folder, [], [("A", int(t >= EDGES[1]), t, 5.0, 5.0) for t in times])
    assert told.judged_tests["time"].tolist() == [begins, until - 1]
    assert told.judged_tests["contract"].tolist() == ["K", "K"]


# Whatever happens


POINTS = tuple(f"P-{i:02d}" for i in range(24))
ALL = [
    *STEPS, "K,availability,0.99,0.01,percent,0.2", "K,repair,4,0.002,hour,0.1", "K,repair,12,0.05,,",
    "K,availability,0.97,1.02,lost,",
]  # fmt: skip
few = settings(max_examples=3)
SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed):
    """Outages of all points, some with none: point, day, hours, how it counts; at most one a day."""
    dice = np.random.default_rng(seed)
    rows = []
    for point in POINTS:
        days = dice.choice(58, dice.integers(0, 12), replace=False)
        hours = np.where(
            dice.random(len(days)) < 0.5, dice.uniform(0.1, 5, len(days)), dice.uniform(5, 23, len(days))
        )
        how = dice.choice(["down", "excused", "unknown"], len(days), p=[0.7, 0.15, 0.15])
        rows += [(point, int(d), float(h), str(c)) for d, h, c in zip(days, hours, how, strict=True)]
    return rows


def of(rows):
    return [outage(p, d * 24, h, i, counts=c) for i, (p, d, h, c) in enumerate(rows)]


@pytest.fixture(scope="module")
def agreed_on(tmp_path_factory):
    folder = tmp_path_factory.mktemp("agreed")
    return place(folder, contract="K,P,0.98,24,2999999,0.4,0.3,24", rules=ALL, points=POINTS)


@few
@given(SEEDS)
def test_sums_are_exact_and_caps_are_kept(agreed_on, seed):
    months, deductions, _ = made(agreed_on, of(drawn(seed)))
    assert len(deductions) > 20
    assert (deductions["amount_idr"] >= 0).all()
    both = deductions.groupby(["point", "month", "what", "per"])[["likely_idr", "amount_idr"]].sum()
    assert (both["likely_idr"] >= both["amount_idr"]).all()
    per_month = months[months["period"].str.len() == 7]
    asked = deductions.groupby(["point", "month"])["amount_idr"].sum()
    for row in per_month.itertuples():
        parts = sum(getattr(row, f"{what}_idr") for what in owed.WHAT)
        assert parts == asked.get((row.point, row.period), 0) == row.deducted_idr + row.over_cap_idr
        assert 0 <= row.deducted_idr <= Decimal("0.4") * row.due_idr
        assert row.owed_idr + row.deducted_idr == row.due_idr
        assert row.likely_deducted_idr >= row.deducted_idr
    for row in months[months["period"] == "2026"].itertuples():
        mine = per_month[per_month["point"] == row.point]
        assert row.due_idr == mine["due_idr"].sum()
        assert row.deducted_idr == min(mine["deducted_idr"].sum(), int(Decimal("0.3") * row.due_idr))
        assert row.owed_idr == row.due_idr - row.deducted_idr


@few
@given(SEEDS)
def test_an_outage_that_is_excused_is_no_down_time(agreed_on, seed):
    """It changes no repair and no hours down, and where nothing else was missed nothing is deducted."""
    plain = [o for o in of(drawn(seed)) if o["counts"] == "down" and o["point"] != POINTS[0]]
    excused = [outage(p, 24 * (i % 58) + 23.5, 0.4, 999, counts="excused") for i, p in enumerate(POINTS)]
    (without, less, _), (after, more, _) = made(agreed_on, plain), made(agreed_on, plain + excused)
    assert less[less["what"] == "repair"].equals(more[more["what"] == "repair"])
    hours = [
        d[d["what"] == "availability"].set_index(["point", "month", "per"])["likely_hours"]
        for d in (less, more)
    ]
    both = hours[0].index.intersection(hours[1].index)
    assert hours[0][both].equals(hours[1][both])
    assert after[after["point"] == POINTS[0]]["deducted_idr"].sum() == 0
    assert len(without) == len(after)


@few
@given(SEEDS, st.integers(2, 57))
def test_more_down_time_never_owes_more(agreed_on, seed, day):
    rows = drawn(seed)
    longer = [(p, d, h, "down" if d == day else c) for p, d, h, c in rows]
    longer += [(p, day, 20.0, "down") for p in POINTS if (p, day) not in {(o[0], o[1]) for o in rows}]
    (before, _, _), (after, _, _) = made(agreed_on, of(rows)), made(agreed_on, of(longer))
    judged_before = (before["too_little"] == "").to_numpy()
    assert (after["owed_idr"][judged_before] <= before["owed_idr"][judged_before]).all()
    assert after["owed_idr"].sum() < before["owed_idr"].sum()


@few
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(agreed_on, seed, dice):
    shuffled = agreed_on.parent / "shuffled"
    shuffled.mkdir(exist_ok=True)
    for file in agreed_on.iterdir():
        head, *lines = file.read_text().splitlines()
        dice.shuffle(lines)
        (shuffled / file.name).write_text("\n".join([head, *lines]) + "\n")
    for mine, theirs in zip(made(agreed_on, of(drawn(seed))), made(shuffled, of(drawn(seed))), strict=True):
        assert score.csv_of(mine) == score.csv_of(theirs)


@few
@given(SEEDS)
def test_amounts_can_be_reckoned_again_from_what_is_written(agreed_on, seed):
    """By somebody else's hand, in decimals, from the CSV files alone."""
    _, deductions, _ = made(agreed_on, of(drawn(seed)))
    written = pd.read_csv(StringIO(score.csv_of(deductions)), dtype=str, keep_default_na=False)
    used = {}
    for row in written.to_dict("records"):
        ladder = (row["point"], row["month"], row["what"], row["per"])
        amount, used[ladder] = by_hand(row, used.get(ladder, Decimal(0)))
        assert int(row["amount_idr"]) == amount, row
    assert len(written) == len(deductions) > 20


def by_hand(row, used):
    """What the rules of `ALL` deduct, written out."""
    due, value = Decimal(row["due_idr"]), Decimal(row["sure"])
    if (row["what"], row["per"]) == ("availability", ""):
        share = next(
            (s for limit, s in (("0.9", "1"), ("0.95", "0.3"), ("0.98", "0.1")) if value < Decimal(limit)),
            "0",
        )
        share = Decimal(share)
    elif row["what"] == "availability" and row["per"] == "percent":
        share = min(max(Decimal("0.99") - value, Decimal(0)) * 100 * Decimal("0.01"), Decimal("0.2"))
    elif row["what"] == "availability":
        share = (1 - value) * Decimal("1.02") if value < Decimal("0.97") else Decimal(0)
    elif row["per"] == "hour":
        share = min(max(value - 4, Decimal(0)) * Decimal("0.002"), Decimal("0.1") - used)
    else:
        share = Decimal("0.05") if value > 12 else Decimal(0)
    return int((due * share).to_integral_value(ROUND_FLOOR)), used + share

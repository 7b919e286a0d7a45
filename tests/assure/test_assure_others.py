"""Others' monitoring: what is read of a provider's files, OpenWISP and Prometheus, once, and what becomes of it."""

import datetime as dt
import json

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import merata

from merata.assure import index, others, others_said, score
from merata.assure.others_tables import schema
from merata.assure.others_times import moment
from merata.errors import FileError, InputError
from merata.example import messages
from merata.example.year import year

POINTS = (
    "point,village,place,kind,provider,option,district,from,until,contract,monthly_idr\n"
    "SP-1,64.02.01.2001,Kantor,village office,Penyedia Contoh,fibre,Hulu,,,,\n"
    "SP-2,64.02.01.2002,Kantor,village office,Penyedia Contoh,fibre,Hulu,,,,\n"
    "SP-3,64.02.01.2003,Kantor,village office,Penyedia Lain,fibre,Hulu,,,,\n"
)
NAMES = "name,point\nPuskesmas Hulu,SP-2\n192.0.2.7,SP-1\nhttps://192.0.2.8/,SP-2\n"
BY = "Penyedia Contoh"
NOVEMBER = 1793462400
"""2026-11-01 in WITA, s since 1970."""


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "measurements"
    folder.mkdir()
    (folder / "points.csv").write_text(POINTS)
    (folder / "names.csv").write_text(NAMES)
    return folder


def taken(place, name, text, by=BY, **more):
    path = place.parent / name
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    return others.take(place, [path], by, **more)


def rows(place):
    return others.rows(place).sort_values(["point", "start", "end"]).reset_index(drop=True)


def test_the_moment_used_here_is_november():
    assert dt.datetime.fromtimestamp(NOVEMBER, dt.UTC).isoformat() == "2026-10-31T16:00:00+00:00"


# A provider's own


def test_looks_of_an_indonesian_sheet_hold_for_the_step_between_them(place):
    done = taken(
        place, "pantauan.csv",
        "Laporan Pemantauan;;;;\nTitik Layanan;Waktu;Status;Latensi (ms);Kehilangan Paket (%)\n"
        "SP-1;01/11/2026 00.00;Aktif;35,5;0\nSP-1;01/11/2026 00.05;Putus;;100\nSP-1;01/11/2026 00.10;Aktif;40,0;2,5\n"
        "puskesmas hulu;01/11/2026 00.00;aktif;12;0\nPuskesmas Hulu;01/11/2026 00.05;aktif;13;0\n",
    )  # fmt: skip
    assert (done.kind, done.new, done.findings) == ("provider", 5, [])
    found = rows(place)
    assert found["point"].tolist() == ["SP-1"] * 3 + ["SP-2"] * 2
    assert (found["start"] - NOVEMBER).tolist() == [0, 300, 600, 0, 300]
    assert set(found["end"] - found["start"]) == {300}
    assert found["availability"].tolist() == [1, 0, 1, 1, 1]
    assert found["loss"].round(4).tolist() == [0, 1, 0.025, 0, 0]
    assert found["latency_ms"].dropna().round(2).tolist() == [35.5, 40, 12, 13]


def test_months_from_and_until_days_and_percents_of_an_english_workbook(place):
    book = openpyxl.Workbook()
    book.active.append(["Site ID", "From", "Until", "Availability (%)", "Download (kbps)"])
    book.active.append(["SP-1", dt.date(2026, 11, 1), dt.date(2026, 11, 15), 99.5, 2000])
    second = book.create_sheet("bulanan")
    second.append(["Lokasi", "Bulan", "Ketersediaan"])
    second.append(["SP-2", "November 2026", "99,90 %"])
    path = place.parent / "year.xlsx"
    book.save(path)
    done = others.take(place, [path], BY)
    assert done.findings == []
    found = rows(place)
    assert (found["start"] - NOVEMBER).tolist() == [0, 0]
    assert ((found["end"] - NOVEMBER) / 86400).tolist() == [15, 30]
    assert found["availability"].round(4).tolist() == [0.995, 0.999]
    assert found["down_mbps"].iloc[0] == 2


def test_a_list_of_ups_and_downs_holds_until_the_next_and_the_last_is_told(place):
    done = taken(
        place, "kejadian.csv",
        "point,time,status\nSP-1,2026-11-01T00:00+08:00,up\nSP-1,2026-11-03T07:11+08:00,down\nSP-1,2026-11-03T09:41+08:00,up\n"
        "SP-1,2026-11-21T02:00+08:00,down\n",
    )  # fmt: skip
    found = rows(place)
    assert found["availability"].tolist() == [1, 0, 1]
    assert (found["end"] - found["start"]).iloc[1] == 2.5 * 3600
    assert [(f.row, f.column) for f in done.findings] == [(5, "time")]
    assert "not known" in done.findings[0].what


def test_wrong_rows_are_told_by_row_and_the_rest_is_taken(place):
    done = taken(
        place, "kotor.csv",
        "titik,dari,sampai,ketersediaan (%),catatan\nSP-1,2026-11-01,2026-11-01,99,baik\n"
        "SP-9,2026-11-01,2026-11-01,99,\n"
        "SP-1,kemarin,2026-11-02,99,\nSP-1,2026-11-04 10:00,2026-11-04 09:00,99,\nSP-1,2026-11-05,2026-11-05,101,\n"
        "SP-1,2026-11-06,2026-11-06,-,\nSP-3,2026-11-01,2026-11-01,99,\nSP-9,2026-11-02,2026-11-02,98,\n"
        "SP-1,2026-11-07,2026-11-07,sembilan,\n",
    )  # fmt: skip
    assert done.new == len(rows(place)) == 1
    told = {(f.row, f.column) for f in done.findings}
    assert told == {
        (0, "catatan"), (3, "titik"), (4, "dari"), (5, "sampai"), (6, "ketersediaan (%)"), (7, ""), (0, "point"),
        (10, "ketersediaan (%)"),
    }  # fmt: skip
    assert any("3, 9" in f.what and "SP-9" in f.what for f in done.findings)
    assert any("no point of Penyedia Contoh" in f.what and "SP-3" in f.what for f in done.findings)
    left_out = sum(1 if "rows" not in f.what else 2 for f in done.findings if f.row and f.done == "left out")
    assert left_out + 1 + 1 == done.read  # and the one of SP-3


def test_a_provider_is_known_however_its_name_is_written(place):
    rows_ = "titik,tanggal,ketersediaan\nSP-1,2026-11-01,90%\n"
    done = taken(place, "a.csv", rows_, by="  PENYEDIA contoh ")
    assert (done.source, done.kind) == (BY, "provider")
    done = taken(place, "a.csv", rows_, by="Warga")
    assert (done.source, done.kind, done.new) == ("Warga", "other", 1)


def test_what_can_not_be_is_refused_in_words(place):
    with pytest.raises(InputError, match="is a provider"):
        taken(place, "a.csv", "x\n", own=True)
    with pytest.raises(InputError, match="not a kind"):
        taken(place, "a.csv", "x\n", how="nagios")
    done = taken(place, "a.csv", "satu,dua\n1,2\n")
    assert "no sheet has a header" in done.refused["a.csv"]
    assert not rows(place).size
    assert others.take(place, [place / "none.csv"], BY).refused
    (place / "names.csv").write_text("name,point\nPos,SP-8\n")
    with pytest.raises(FileError, match=r"names\.csv, row 2, column point: 'SP-8'"):
        taken(place, "a.csv", "x\n")


@pytest.mark.parametrize(
    ("text", "ahead_h", "told"),
    [
        ("2026-11-05 13:05", 8, "2026-11-05T05:05"),
        ("5 November 2026 13.05 WIB", 8, "2026-11-05T06:05"),
        ("05/11/2026 1:05:30 PM", 7, "2026-11-05T06:05"),
        ("2026-11-05T13:05:00Z", 8, "2026-11-05T13:05"),
        (1793462400, 8, "2026-10-31T16:00"),
        (1793462400000.0, 0, "2026-10-31T16:00"),
        (46331.5, 8, "2026-11-05T04:00"),
        ("2026-11-05", 8, "2026-11-04T16:00"),
        ("baru saja", 8, ""),
        (True, 8, ""),
        (12, 8, ""),
    ],
)
def test_moments(text, ahead_h, told):
    found = moment(text, ahead_h)
    assert (dt.datetime.fromtimestamp(found.at_s, dt.UTC).isoformat()[:16] if found else "") == told


# OpenWISP

WISP = (
    "time,uptime - Ping Success Rate,packet_loss - Packet loss,RTT_average - Round Trip Time,RTT_max - Round Trip Time,"
    "RTT_min - Round Trip Time,total - Traffic: wan,download - Traffic: wan,upload - Traffic: wan\n"
    "2026-11-01 00:00,100.0,0.0,31.2,80,20,1.0,0.9,0.1\n2026-11-01 01:00,50.0,50.0,33.0,90,22,,,\n"
    "2026-11-01 02:00,,,,,,,,\n2026-11-01 03:00,100.0,0.0,30,70,20,,,\n\nHistogram\nssh,100.0\n"
)


def test_openwisps_export_is_of_the_device_that_its_file_names(place):
    done = taken(place, "SP-1.csv", WISP, by="Dinas Contoh", own=True)
    assert (done.kind, done.formats) == ("own", {"SP-1.csv": "openwisp"})
    found = rows(place)
    assert found["availability"].tolist() == [1, 0.5, 1]
    assert found["loss"].tolist() == [0, 0.5, 0]
    assert set(found["end"] - found["start"]) == {3600}
    assert found["in_mbps"].round(3).iloc[0] == 2  # 0.9 GB in an hour
    assert "data.csv: of which point" in taken(place, "data.csv", WISP, by="Dinas Contoh").refused["data.csv"]


def test_openwisps_answer_says_the_same_as_its_export(place):
    taken(place, "SP-1.csv", WISP, by="Dinas Contoh")
    before = rows(place)
    none = [None] * 3
    answer = {
        "id": "0", "name": "192.0.2.7", "x": [f"2026-11-01 0{h}:00" for h in range(4)],
        "charts": [
            {"title": "Ping Success Rate", "unit": "%", "traces": [["uptime", [100.0, 50.0, None, 100.0]]]},
            {"title": "Packet loss", "type": "bar", "traces": [["packet_loss", [0, 50.0, None, 0]]]},
            {"title": "Round Trip Time", "traces": [["RTT_average", [31.2, 33.0, None, 30]]]},
            {"title": "Traffic: wan", "traces": [["download", [0.9, *none]], ["upload", [0.1, *none]]]},
        ],
    }  # fmt: skip
    done = taken(place, "charts.json", answer, by="Dinas Contoh")
    assert (done.new, done.differing) == (0, 0)
    assert rows(place).equals(before)


# Prometheus


def series(values, **labels):
    return {"metric": labels, "values": [[NOVEMBER + 60 * n, str(v)] for n, v in enumerate(values)]}


def answer(*result):
    return {"status": "success", "data": {"resultType": "matrix", "result": list(result)}}


def test_prometheus_probes_and_counters(place):
    labels = {"instance": "192.0.2.7", "job": "blackbox"}
    done = taken(
        place, "range.json",
        answer(
            series([1, 0, 1, "NaN"], __name__="probe_success", **labels),
            series([0.025, 9.5, 0.03], __name__="probe_duration_seconds", **labels),
            series([0, 7_500_000, 100, 7_500_100], __name__="ifHCInOctets", **labels),
            series([1, 1], __name__="probe_success", instance="198.51.100.1"),
            series([1, 1], __name__="node_load1", **labels),
            series([1, 1], **labels),
        ),
        by="Dinas Contoh",
    )  # fmt: skip
    found = rows(place)
    assert found["availability"].tolist() == [1, 0, 1]
    assert found["latency_ms"].round(1).fillna(-1).tolist() == [25, -1, 30]
    assert found["in_mbps"].fillna(-1).tolist() == [1, -1, 1]  # 60 Mbit in a minute; it began anew between
    assert [f.row for f in done.findings] == [4, 5, 6]


def test_a_rate_without_its_name_stands_for_the_step_before(place):
    body = answer(series([125_000, 250_000], instance="192.0.2.7"))
    assert not taken(place, "r.json", body, by="Dinas").new
    assert taken(place, "r.json", body, by="Dinas", metric="ifHCInOctets").new == 2
    found = rows(place)
    assert found["in_mbps"].tolist() == [1, 2]
    assert (found["end"] - NOVEMBER).tolist() == [0, 60]


def test_several_series_of_one_point_are_told_and_errors_too(place):
    body = answer(*(series([1, 1], __name__="up", instance="192.0.2.7", job=job) for job in "ab"))
    done = taken(place, "two.json", body, by="Dinas")
    assert (done.new, [f.row for f in done.findings]) == (0, [1])
    assert "2 rows: 1–2" in done.findings[0].what
    wrong = {"status": "error", "errorType": "bad_data", "error": "parse error"}
    assert "parse error" in taken(place, "e.json", wrong, by="Dinas").refused["e.json"]
    instant = {"status": "success", "data": {"resultType": "vector", "result": []}}
    assert "query_range" in taken(place, "v.json", instant, by="Dinas").refused["v.json"]
    assert "neither" in taken(place, "x.json", [1], by="Dinas").refused["x.json"]
    assert "no JSON" in taken(place, "x.json", "{", by="Dinas").refused["x.json"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.json",
            {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": 3, "values": 4}]}},
        ),
        ("a.json", {"status": "success", "data": {"resultType": "matrix", "result": 5}}),
        ("a.json", {"x": ["2026-11-01"], "charts": [3], "name": "SP-1"}),
        ("a.json", {"x": [1, None, []], "charts": [{"traces": [["uptime", "x"]]}], "name": "SP-1"}),
        ("SP-1.csv", "time,uptime - Ping\n2026-11-01 00:00," + "9" * 200_000 + "\n"),
        ("SP-1.csv", "time,uptime - Ping\n"),
    ],
)
def test_what_only_begins_as_it_should_is_refused(place, name, content):
    done = taken(place, name, content, by="Dinas")
    assert name in done.refused[name]
    assert not len(rows(place))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["SP-1", "up", "matrix"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["status", "data", "resultType", "result", "metric", "values", "x", "charts", "traces"]),
        inner, max_size=4,
    ),
    max_leaves=15,
)  # fmt: skip


@settings(max_examples=40)
@given(JSON, st.sampled_from([{}, {"status": "success"}, {"x": [0], "charts": []}]))
def test_no_json_is_a_fault(tmp_path_factory, content, more):
    place = tmp_path_factory.getbasetemp() / "any json"
    place.mkdir(exist_ok=True)
    (place / "points.csv").write_text(POINTS)
    found = taken(
        place, "any.json", {**content, **more} if isinstance(content, dict) else content, by="Dinas"
    )
    assert ("any.json" in found.formats) != ("any.json" in found.refused), (
        "read as something, or told why not"
    )


# The table


DAYS = st.lists(
    st.tuples(st.sampled_from(["SP-1", "SP-2"]), st.integers(1, 60), st.integers(0, 100)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=10)
@given(st.lists(DAYS, min_size=1, max_size=2), st.randoms(use_true_random=False))
def test_files_in_any_order_doubled_and_overlapping_make_the_same_table(tmp_path_factory, written, dice):
    made = []
    home = tmp_path_factory.mktemp("any")
    paths = []
    for n, days in enumerate(written):
        lines = [f"{p},{dt.date(2026, 10, 1) + dt.timedelta(days=d)},{a}%" for p, d, a in days]
        paths.append(home / f"{n}.csv")
        paths[-1].write_text("titik,tanggal,ketersediaan\n" + "\n".join(lines) + "\n")
    for name in ("one", "other"):
        place = home / name
        place.mkdir()
        (place / "points.csv").write_text(POINTS)
        order = [*paths, *paths] if name == "other" else paths
        dice.shuffle(order)
        for path in order if name == "one" else [None]:
            others.take(place, [path] if path else order, BY)
        made.append(rows(place))
    assert made[0].equals(made[1])
    # Each day of each point once, with the least that any file says of it.
    least = pd.DataFrame([r for days in written for r in days]).groupby([0, 1])[2].min()
    assert (made[0]["availability"] * 100).round().astype(int).tolist() == least.tolist()


def test_what_differs_is_told_and_a_number_is_not_bettered_later(place):
    taken(place, "a.csv", "titik,tanggal,ketersediaan\nSP-1,2026-11-01,90%\n")
    done = taken(place, "b.csv", "titik,tanggal,ketersediaan\nSP-1,2026-11-01,99%\nSP-1,2026-11-02,99%\n")
    assert (done.new, done.differing) == (1, 1)
    assert rows(place)["availability"].round(2).tolist() == [0.9, 0.99]


def test_files_are_as_declared_by_month_and_compaction_leaves_them(place):
    taken(place, "a.csv", "titik,tanggal,ketersediaan\nSP-1,2026-10-05,90%\nSP-1,2026-11-05,99%\n")
    found = others.files(place)
    assert [p.parent.name for p in found] == ["month=2026-10", "month=2026-11"]
    assert all(pq.read_schema(p).equals(schema()) for p in found)
    index.swept(place, index.Index(), now_s=1e12)
    assert others.files(place) == found


# What is made of it


def frame(*told, kind="provider"):
    made = pd.DataFrame(told, columns=["point", "start", "end", "availability"])
    made = made.assign(source=BY, kind=kind, latency_ms=10.0, loss=np.nan, down_mbps=np.nan, up_mbps=np.nan)
    return made.assign(in_mbps=np.nan, out_mbps=np.nan)


EDGES = np.array([0.0, 1000.0, 2000.0])


def test_a_month_is_the_mean_over_the_time_that_is_told():
    found = others_said.by_month(
        frame(("SP-1", 0, 500, 1.0), ("SP-1", 500, 600, 0.0), ("SP-1", 900, 1100, 1.0)),
        ["2026-01", "2026-02"],
        EDGES,
    )
    assert found["availability"].tolist() == [600 / 700, 1]
    assert found["known_share"].tolist() == [0.7, 0.1]


def test_of_rows_that_overlap_the_shortest_tells():
    found = others_said.by_month(
        frame(("SP-1", 0, 1000, 1.0), ("SP-1", 200, 300, 0.0)), ["2026-01"], EDGES[:2]
    )
    assert found["availability"].tolist() == [0.9]
    assert found["known_share"].tolist() == [1]


def test_claims_are_what_providers_say_of_most_of_a_month_and_those_by_hand_go_before():
    by_hand = pd.DataFrame(
        {"point": ["SP-1"], "month": ["2026-01"], "availability": [0.97], "down_mbps": [np.nan]}
    )
    said = pd.concat([
        others_said.by_month(frame(("SP-1", 0, 2000, 1.0), ("SP-2", 0, 700, 1.0)), ["2026-01", "2026-02"], EDGES),
        others_said.by_month(frame(("SP-3", 0, 2000, 1.0), kind="own"), ["2026-01"], EDGES[:2]),
    ])  # fmt: skip
    found = others_said.claims(by_hand, said).set_index(["point", "month"])["availability"]
    assert found.to_dict() == {("SP-1", "2026-01"): 0.97, ("SP-1", "2026-02"): 1, ("SP-2", "2026-01"): 1}


def test_a_boasting_provider_is_noticed_and_scores_stay_as_they_were(tmp_path):
    place = tmp_path / "measurements"
    messages.write(place, year(points=6, months=1, seed=3))
    (place / "claims.csv").unlink()
    before = score.score(place)
    assert "claims" not in set(before.suspicions["kind"])
    points = pd.read_csv(place / "points.csv", dtype=str)
    for provider, mine in points.groupby("provider"):
        lines = [f"{p},{m},100 %" for p in mine["point"] for m in before.months]
        (tmp_path / "m.csv").write_text("titik,bulan,ketersediaan\n" + "\n".join(lines) + "\n")
        merata("take", place, tmp_path / "m.csv", "--by", provider)
    after = score.score(place)
    assert "claims" in set(after.suspicions["kind"])
    assert len(after.others) == len(points) * len(before.months)
    assert set(after.inputs) - set(before.inputs) == {
        p.relative_to(place).as_posix() for p in others.files(place)
    }
    judged = [c for c in before.scorecards if c != "suspicions"]
    assert before.scorecards[judged].equals(after.scorecards[judged])
    assert before.outages.equals(after.outages)


def test_the_command_tells_what_it_took_and_fails_where_a_file_can_not_be_read(place):
    path = place.parent / "a.csv"
    path.write_text("titik,tanggal,ketersediaan\nSP-1,2026-11-01,90%\nSP-7,2026-11-01,90%\n")
    said = merata("take", place.parent, path, "--by", BY)
    assert "1 new in measurements/others as Penyedia Contoh (provider)" in said.stdout
    assert "SP-7" in said.stdout
    path.write_text("")
    assert "a.csv" in merata("take", place.parent, path, "--by", BY, code=3).stderr

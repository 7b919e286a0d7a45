"""Statistics: numbers by the declared formula, series that break and are revised in sight, files that others read."""

import csv
import datetime as dt
import hashlib
import json
import math
import shutil
from dataclasses import fields, replace

import frictionless
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from made_results import results
from pysdmx.io import get_datasets, read_sdmx

from merata.assure.availability import SUMS
from merata.assure.scorecards import PROMISES
from merata.errors import FileError, InputError
from merata.publish import sdmx, series
from merata.publish.commitments import of_board
from merata.publish.counted import counted, kept_back
from merata.publish.indicators import INDICATORS, TOTAL, Indicator, languages
from merata.publish.observations import of_run
from merata.publish.observations_scores import of_scores
from merata.publish.observed import KEY, Observation
from merata.publish.statistics_files import layers, of_results, write
from merata.publish.statistics_tables import OBSERVATIONS, TABLES
from merata.region.tables import KNOWN_BY, LEVELS


@pytest.fixture(scope="module")
def made():
    return results(25)


@pytest.fixture(scope="module")
def now(made):
    return of_run(made, kept_back(counted(made.access, made.settings)))


@pytest.fixture(scope="module")
def folder(made, now, tmp_path_factory):
    """A region's folder in which the statistics of two years lie, the first one revised."""
    place = tmp_path_factory.mktemp("region")
    series.publish(place, now, "2025-07-01")
    more = [
        replace(row, value=row.value + 1, run="second") if row.indicator == "VILLAGES_LEVEL" else row
        for row in now
    ]
    series.publish(place, more, "2025-08-01", "villages counted again")
    series.publish(place, [replace(row, period="2026", boundary="ffffffff") for row in now], "2026-07-01")
    write(place, of_results(place, made), made)
    return place


def one(rows, indicator, area="99.01", **classes):
    [row] = [
        row
        for row in rows
        if (row.indicator, row.area) == (indicator, area)
        and all(
            getattr(row, name) == classes.get(name, TOTAL)
            for name in ("level", "sector", "technology", "sex")
        )
    ]
    return row


def test_every_indicator_has_all_the_fields_that_satu_data_asks_for():
    for code, indicator in INDICATORS.items():
        assert code == indicator.code
        assert code.replace("_", "").isalnum()
        for place in (0, 1):
            texts = languages(indicator, place)
            blank = {name for name, text in texts.items() if not text}
            assert blank <= {"changed"}, code
            assert set(texts) >= {
                "name",
                "concept",
                "definition",
                "interpretation",
                "formula",
                "measure",
                "source",
            }
        assert indicator.version == 1 or all(indicator.changed)
    assert {one.name for one in fields(Indicator)} >= {
        "unit",
        "classes",
        "areas",
        "frequency",
        "office",
        "public",
    }


def test_numbers_are_those_of_the_formula_reckoned_anew(made, now):
    homes = made.access.settlements
    people, chance = homes["people"].to_numpy(float), homes["chance_below"].to_numpy(float)
    promised = one(now, "PEOPLE_PROMISED")
    assert promised.value == pytest.approx(1 - (people * chance).sum() / people.sum(), abs=1e-6)
    assert promised.low < promised.value < promised.high
    villages = made.access.villages
    for level in LEVELS:
        count = (villages["access_now"] == level).sum()
        assert one(now, "VILLAGES_LEVEL", level=level).value == count
        assert one(now, "PEOPLE_LEVEL", level=level).value == pytest.approx(
            people[(homes["access_now"] == level).to_numpy()].sum(), abs=len(homes)
        )
    # The chance that a signal is at least the threshold, by the error function.
    power, threshold = homes["rsrp_dbm"].to_numpy(float), made.settings.levels["basic"].signal_dbm
    scale = made.settings.radio.sigma_db * math.sqrt(2)
    in_range = [0.0 if math.isnan(p) else (1 + math.erf((p - threshold) / scale)) / 2 for p in power]
    covered = one(now, "SDG_9C1", technology="4G")
    assert covered.value == pytest.approx((people * in_range).sum() / people.sum(), abs=1e-6)
    cost = one(now, "COST_POINT")
    spent = made.plan.points["capex_idr"].sum() + made.plan.works["capex_idr"].sum()
    assert cost.value == pytest.approx(spent / len(made.plan.points))
    assert cost.low <= cost.value <= cost.high


def test_every_number_is_of_the_register_and_says_how_it_is_known(now):
    assert len({tuple(getattr(row, name) for name in KEY) for row in now}) == len(now)
    for row in now:
        indicator = INDICATORS[row.indicator]
        assert row.known_by in KNOWN_BY
        assert row.definition == indicator.version
        assert (row.value is None) == (row.status in "QO")
        assert row.level == TOTAL or "level" in indicator.classes
        assert row.sector == TOTAL or "sector" in indicator.classes
        assert row.sex == TOTAL or "sex" in indicator.classes
        kind = ("region", "district", "village")[row.area.count(".") - 1]
        assert kind in indicator.areas or row.area == "99.01"
        assert row.low is None or row.low <= row.value <= row.high
        if indicator.unit == "share" and row.value is not None:
            assert 0 <= row.value <= 1


def test_parts_add_up_to_their_sums(now):
    for indicator in ("PEOPLE_LEVEL", "HOUSEHOLDS_LEVEL", "VILLAGES_LEVEL"):
        rows = {(row.area, row.level): row.value for row in now if row.indicator == indicator}
        for area in {area for area, _ in rows}:
            parts = [rows[area, level] for level in LEVELS]
            assert None in parts or sum(parts) == rows[area, TOTAL]
        districts = [
            value for (area, level), value in rows.items() if area.count(".") == 2 and level == TOTAL
        ]
        assert sum(districts) == rows["99.01", TOTAL]


def test_the_same_numbers_again_publish_nothing(folder, now):
    before = (folder / "statistics" / "observations.csv").read_bytes()
    again = [replace(row, period="2026", boundary="ffffffff", run="another run") for row in now]
    assert series.publish(folder, again, "2026-08-01") == []
    assert (folder / "statistics" / "observations.csv").read_bytes() == before


def test_a_revision_adds_and_shows_by_how_much_when_and_why(folder, now):
    rows = series.read(folder)
    points = series.series(rows)[one(rows[: len(now)], "VILLAGES_LEVEL", level="none").series]
    first = points[0]
    assert first.revised_by == 1
    assert [(row.published, row.why) for row in (*first.before, first.row)] == [
        ("2025-07-01", "first"),
        ("2025-08-01", "villages counted again"),
    ]
    assert series.newest(rows)[first.row.key] == first.row


def test_what_is_on_file_is_never_rewritten(folder, now, tmp_path):
    place = shutil.copytree(folder, tmp_path / "region")
    before = (place / "statistics" / "observations.csv").read_bytes()
    added = series.publish(place, [replace(now[0], value=1e6)], "2026-09-01")
    assert len(added) == 1
    assert (place / "statistics" / "observations.csv").read_bytes().startswith(before)
    with pytest.raises(InputError, match="2026-09-01"):
        series.publish(place, [replace(now[0], value=2e6)], "2026-08-31")
    with pytest.raises(InputError, match="not a date"):
        series.publish(place, [], "tomorrow")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("indicator,area", "indicator,place", "expected the columns"),
        ("GINI", "GINO", "line .*indicator"),
        ("2025-07-01", "1 July", "published"),
        ("_T,_T,_T,0.", "_T,_T,_T,x.", "value"),
    ],
)
def test_a_file_that_somebody_changed_is_refused_with_its_line(folder, tmp_path, old, new, said):
    place = shutil.copytree(folder, tmp_path / "region")
    file = place / "statistics" / "observations.csv"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(FileError, match=said):
        series.read(place)


def test_a_file_from_before_numbers_were_told_by_sex_is_read_and_gets_the_column(folder, tmp_path):
    path = tmp_path / "statistics" / "observations.csv"
    path.parent.mkdir()
    whole = pd.read_csv(folder / "statistics" / "observations.csv", dtype=str, keep_default_na=False)
    whole = whole[whole["sex"] == TOTAL].head(5)
    whole.drop(columns="sex").to_csv(path, index=False)
    before = series.read(tmp_path)
    assert [(row.indicator, row.sex) for row in before] == [(code, TOTAL) for code in whole["indicator"]]
    series.publish(tmp_path, [Observation("GINI", "99.01", "A", "2027", value=0.25)], "2027-01-01")
    assert series.read(tmp_path)[:5] == before
    assert path.read_text().startswith(",".join(series.COLUMNS))


def test_series_break_where_borders_or_the_definition_changed_and_only_there(folder, now, tmp_path):
    found = series.series(series.read(folder))
    assert all(points[-1].broken == series.BOUNDARY for points in found.values() if len(points) > 1)
    assert {points[-1].status for points in found.values() if len(points) > 1} <= {"B", "Q", "O"}
    series.publish(tmp_path, now[:1], "2025-07-01")
    series.publish(tmp_path, [replace(now[0], period="2026", value=7.0)], "2026-07-01")
    series.publish(tmp_path, [replace(now[0], period="2027", definition=2)], "2027-07-01")
    [points] = series.series(series.read(tmp_path)).values()
    assert [point.broken for point in points] == ["", "", series.DEFINITION]


def test_what_was_kept_back_once_is_known_to_be(folder, now, tmp_path):
    hidden = replace(now[0], value=None, status="Q")
    series.publish(tmp_path, [hidden], "2025-07-01")
    series.publish(tmp_path, [replace(now[0], value=50.0)], "2025-08-01")
    assert series.kept_back(series.read(tmp_path)) == {(hidden.area, hidden.level)}


def test_sdmx_is_read_by_another_program_with_every_code_in_its_list(folder):
    place = folder / "statistics"
    structure = read_sdmx(place / "structure.sdmx.json", validate=True)
    codes = {one.id: {code.id for code in one.codes} for one in structure.get_codelists()}
    [data] = get_datasets(place / "series.sdmx.csv", place / "structure.sdmx.json")
    with (place / "series.csv").open() as file:
        own = list(csv.DictReader(file))
    assert len(data.data) == len(own)
    for one_of in (*sdmx.DIMENSIONS, *sdmx.ATTRIBUTES):
        if one_of.codes:
            there = set(data.data[one_of.name].dropna()) - {""}
            assert there <= codes[one_of.codes], one_of.name
    key = [one_of.name for one_of in (*sdmx.DIMENSIONS, sdmx.TIME)]
    assert not data.data.duplicated(key).any()
    values = pd.to_numeric(data.data["OBS_VALUE"]).to_numpy(float)
    assert np.allclose(values, [float(row["value"] or "nan") for row in own], equal_nan=True)


def test_the_data_package_is_valid_and_its_rows_keep_to_it(folder):
    report = frictionless.validate(str(folder / "statistics" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])[:5]
    described = json.loads((folder / "statistics" / "datapackage.json").read_text())
    assert {one["name"] for one in described["resources"]} == set(TABLES)


def test_workbook_parquet_and_layers_say_the_same_as_the_csv(folder):
    place = folder / "statistics"
    table = pd.read_parquet(place / "series.parquet")
    own = pd.read_csv(place / "series.csv", dtype={"period": str, "area": str})
    assert np.allclose(table["value"].to_numpy(float), own["value"].to_numpy(float), equal_nan=True)
    book = openpyxl.load_workbook(place / "statistics.xlsx", read_only=True)
    assert len(book.sheetnames) == 1 + len(TABLES)
    layer = gpd.read_file(place / "statistics.gpkg", layer="villages").set_index("code")
    newest = own[(own["period"] == "2026") & (own["indicator"] == "PEOPLE_PROMISED")].set_index("area")[
        "value"
    ]
    for code in layer.index:
        assert layer.loc[code, "PEOPLE_PROMISED"] == pytest.approx(newest[code])


def test_the_files_are_the_same_bytes_again(folder, made, tmp_path):
    place = shutil.copytree(folder, tmp_path / "region")
    for path in write(place, of_results(place, made), made):
        assert path.read_bytes() == (folder / "statistics" / path.name).read_bytes(), path.name


def test_the_file_of_publications_has_the_columns_that_are_declared():
    assert tuple(OBSERVATIONS) == series.COLUMNS
    assert {one.name for one in fields(Observation)} < set(OBSERVATIONS)


def with_tables(made, **tables):
    return replace(made, tables={**made.tables, **tables})


def test_sex_is_by_where_people_live_and_unknown_where_the_sources_do_not_tell_it(made, now):
    assert one(now, "PEOPLE_PROMISED", sex="F").status == "O"
    villages = made.access.villages
    chance = villages["chance_below"].to_numpy(float)
    # Women live where access is worse: eight of ten there, two of ten elsewhere.
    worse = chance > np.median(chance)
    people = pd.DataFrame(
        {"village_code": villages["code"], "women": np.where(worse, 80, 20), "men": np.where(worse, 20, 80)}
    )
    told = of_run(with_tables(made, people=people), set())
    of = {sex: one(told, "PEOPLE_PROMISED", sex=sex) for sex in ("F", "M", TOTAL)}
    assert of["F"].low < of["F"].value < of[TOTAL].value < of["M"].value < of["M"].high
    women = villages["people"].to_numpy(float) * people["women"] / 100
    assert of["F"].value == pytest.approx(1 - (women * chance).sum() / women.sum(), abs=1e-6)
    assert not [row for row in told if row.sex != TOTAL and row.area.count(".") == 3]
    lacking = of_run(with_tables(made, people=people.iloc[1:]), set())
    assert one(lacking, "PEOPLE_PROMISED", sex="M").status == "O"


def powers(made, sites, reach_m=10_000.0):
    """The same results where 4G is strong within `reach_m` of its sites and nowhere else, and `sites` as the list."""
    homes = made.access.settlements.copy()
    fourth = sites[sites["technologies"].str.contains("4G")].to_crs(32750)
    away = homes.to_crs(32750).distance(fourth.union_all())
    homes["rsrp_dbm"] = np.where(away < reach_m, -60.0, -150.0)
    return replace(with_tables(made, sites=sites), access=replace(made.access, settlements=homes))


def test_other_generations_reach_as_4g_does_and_only_where_the_list_names_them(made):
    homes = made.access.settlements
    spots = homes.geometry.iloc[[0, 8, 16]].to_list()
    sites = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "kind": "tower", "technologies": ["2G 4G", "2G", "4G 5G"], "known_by": "reported"},
        geometry=spots, crs=4326,
    )  # fmt: skip
    given = powers(made, sites)
    rows = of_run(given, set())
    share = {name: one(rows, "SDG_9C1", technology=name) for name in ("2G", "4G", "5G")}
    people = homes["people"].to_numpy(float)
    near = lambda at: homes.to_crs(32750).distance(sites.to_crs(32750).geometry.iloc[at].union_all()) < 10_000  # noqa: E731
    for name, at in (("2G", [0, 1, 2]), ("4G", [0, 2]), ("5G", [2])):
        assert share[name].value == pytest.approx(people[near(at)].sum() / people.sum(), abs=0.05)
    assert share["2G"].value > share["4G"].value > share["5G"].value
    assert (share["2G"].known_by, share["4G"].known_by) == ("assumed", "modelled")
    assert all(one_.low <= one_.value <= one_.high for one_ in share.values())
    assert not [row for row in rows if row.technology == "3G"]
    # A village in which a site stands, and one of which most are in range.
    tower = one(rows, "INDEX_BTS", area=homes["village_code"].iloc[8])
    assert (tower.value, tower.known_by) == (1.0, "reported")
    assert one(rows, "INDEX_BTS").value == pytest.approx(3 / len(made.access.villages), abs=1e-6)
    assert one(rows, "INDEX_SIGNAL", area=homes["village_code"].iloc[8]).value == 1.0


def test_what_was_given_in_confidence_is_in_no_number_of_networks(made):
    held = made.access.settlements.assign(rsrp_dbm=np.nan)
    rows = of_run(replace(made, access=replace(made.access, settlements=held), coverage_path=None), set())
    assert not [row for row in rows if row.indicator in ("SDG_9C1", "INDEX_SIGNAL", "INDEX_BTS")]


def test_promises_of_a_year_that_is_over_count_in_the_year_for_which_they_were_first_made():
    rows = [
        (1, "99.01.01.2001", 2025, "kept", None),
        (2, "99.01.01.2001", 2025, "changed", 3),  # put off
        (3, "99.01.01.2001", 2026, "kept", None),
        (4, "99.01.02.2001", 2025, "late", None),
        (5, "", 2025, "kept", None),  # agreed at a meeting, of no village
        (6, "99.01.02.2001", 2027, "promised", None),
    ]
    promises = pd.DataFrame(rows, columns=["number", "village_code", "year", "state", "replaced_by"])
    told = {(row.area, row.period): row for row in of_board(promises, "99.01", dt.date(2027, 3, 1))}
    assert {key: row.value for key, row in told.items()} == {
        ("99.01", "2025"): 0.5, ("99.01.01", "2025"): 0.5, ("99.01.02", "2025"): 0.0,
    }  # fmt: skip
    region = told["99.01", "2025"]
    assert (region.indicator, region.known_by) == ("COMMITMENTS_KEPT", "reported")
    assert region.low < 0.5 < region.high
    assert {type(end) for row in told.values() for end in (row.value, row.low, row.high)} == {float}


def test_what_was_measured_is_pooled_over_the_points_of_each_place(tmp_path):
    place = tmp_path / "scores" / "all"
    place.mkdir(parents=True)
    (tmp_path / "points.csv").write_text(
        "point,village,provider,option,district\nA,99.01.01.2001,P,leo,X\nB,99.01.01.2002,P,leo,X\n"
        "C,99.01.02.2001,Q,leo,Y\n"
    )
    (tmp_path / "probes.csv").write_text("probe,point\n")
    month = 31 * 86_400.0
    rows = []
    for name, down, unknown, rate, word in (("A", 864.0, 0.0, 8.0, "kept"), ("B", 0.0, month / 2, 12.0, "too little"),
                                            ("C", 8640.0, 0.0, 40.0, "missed")):  # fmt: skip
        sums = dict.fromkeys(SUMS, 0.0) | {"period_s": month, "down_s": down, "unknown_s": unknown}
        verdicts = dict.fromkeys((f"{what}_verdict" for what in PROMISES), "") | {
            "availability_verdict": word
        }
        own = {"of": "point", "name": name, "period": "2026-01", "down_mbps": rate, "latency_ms": None}
        rows.append({**own, **sums, **verdicts})
    text = pd.DataFrame(rows).to_csv(index=False)
    (place / "scorecards.csv").write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = {"months": ["2026-01"], "as_of_s": 1.8e9, "files": {"scorecards": digest}}
    (place / "about.json").write_text(json.dumps(told))
    found = {(row.indicator, row.area): row for row in of_scores(tmp_path, "99.01")}
    known = month * 2.5
    assert found["AVAILABILITY", "99.01"].value == pytest.approx(1 - 9504 / known, abs=1e-6)
    # Unknown time counted as down, and a little more for the edges of outages.
    assert 0 < 1 - (9504 + month / 2) / (3 * month) - found["AVAILABILITY", "99.01"].low < 1e-3
    assert found["AVAILABILITY", "99.01.02"].value == pytest.approx(1 - 8640 / month, abs=1e-6)
    assert found["DOWN_BUSY", "99.01"].value == 12.0
    assert found["DOWN_BUSY", "99.01.01"].value == 10.0
    assert (found["PROMISES_KEPT", "99.01"].value, found["PROMISES_KEPT", "99.01.01"].value) == (0.5, 1.0)
    assert {(row.freq, row.status, row.known_by) for row in found.values()} == {("M", "A", "measured")}
    assert of_scores(tmp_path / "nowhere", "99.01") == []
    (place / "about.json").write_text(json.dumps(told | {"as_of_s": 1.0}))
    assert {row.status for row in of_scores(tmp_path, "99.01")} == {"P"}
    (place / "scorecards.csv").write_text(text.replace("8640", "8641"))
    with pytest.raises(FileError, match="merata score"):
        of_scores(tmp_path, "99.01")


def test_layers_hold_the_whole_and_no_part_by_sex_or_technology(made, tmp_path):
    area = made.access.villages["code"].iloc[0].rpartition(".")[0]
    rows = [
        Observation("PEOPLE_PROMISED", area, "A", "2025", value=0.5, known_by="modelled"),
        Observation("PEOPLE_PROMISED", area, "A", "2025", sex="M", value=0.6, known_by="modelled"),
        Observation("SDG_9C1", area, "A", "2025", technology="4G", value=0.7, known_by="modelled"),
        Observation("SDG_9C1", area, "A", "2025", technology="5G", value=0.1, known_by="assumed"),
    ]
    series.publish(tmp_path, rows, "2025-07-01")
    districts = layers(of_results(tmp_path, made), made)["districts"].set_index("code")
    assert (districts.loc[area, "PEOPLE_PROMISED"], districts.loc[area, "SDG_9C1"]) == (0.5, 0.7)

"""The survey: a form that ODK and KoboToolbox take, and their exports as rows of the region, each submission once."""

import csv
import dataclasses
import io
import json
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process import merata
from pyxform.xls2xform import convert

from merata.errors import FileError
from merata.publish.survey_form import form, write_form
from merata.region import survey, survey_read, survey_rows
from merata.region.folder import Region

VILLAGES = ("99.01.01.2001", "99.01.01.2002", "99.01.02.2001")
PERSONS = ("Budi Contoh", "budi@contoh.example", "+62 812 0000 0000", "collect:abcDEF123", "-0.777")


@pytest.fixture(scope="module")
def tables():
    villages = gpd.GeoDataFrame(
        {
            "code": VILLAGES,
            "name": ("Alfaro", "Betuma", "=Cegoda"),
            "district": ("Utara", "Utara", "Selatan"),
        },
        geometry=[shapely.box(117 + n / 10, 0, 117.1 + n / 10, 0.1) for n in range(3)],
        crs="EPSG:4326",
    )
    facilities = pd.DataFrame(
        {
            "village_code": (VILLAGES[0], VILLAGES[0], VILLAGES[1]),
            "kind": ("village office", "school", "health post"),
            "name": ("Kantor Desa Alfaro", 'SD "Satu"', None),
        }
    )
    return {
        "villages": villages,
        "facilities": facilities,
        "sites": pd.DataFrame({"operator": ["Seluler Contoh", "Seluler Contoh", "Lain", "510-99", None]}),
        "devices": pd.DataFrame(
            {"village_code": [VILLAGES[0]], "households_with_smartphone": [10], "households_with_computer": [3],
             "shared_devices": [2]}
        ),
        "electricity": pd.DataFrame({"village_code": [VILLAGES[0]], "electricity": ["grid"], "hours_per_day": [12.0]}),
    }  # fmt: skip


def place_of(tables, village, kind):
    places = survey.places(tables["villages"], tables["facilities"])
    return next(name for name, p in places.items() if (p.village, p.kind) == (village, kind))


# The form


def test_the_form_is_one_that_odk_takes_in_both_languages(tables, tmp_path):
    write_form(tmp_path / "form.xlsx", "Wilayah Contoh", tables)
    made = convert(str(tmp_path / "form.xlsx"))
    assert made.warnings == []
    assert 'lang="Bahasa Indonesia (id)" default="true()"' in made.xform
    assert 'lang="English (en)"' in made.xform
    for word in (
        "Alfaro",
        "=Cegoda",
        "Signal of Seluler Contoh here",
        "Jangan memotret orang",
        "SD &quot;Satu&quot;",
    ):
        assert word in made.xform or word.replace("&quot;", '"') in made.xform
    assert "510-99" not in made.xform
    # Villages follow the district, places the village.
    assert re.search(r"instance\('village'\)/\w+/item\[of= /data/district \]", made.xform)
    assert re.search(r"instance\('facility'\)/\w+/item\[of= /data/village \]", made.xform)


def test_the_form_asks_for_no_person_and_every_sentence_is_in_both_languages(tables):
    asked = survey.questions(survey.operators(tables["sites"]))
    types = {q.type.split()[0] for q in asked}
    assert types == {"today", "select_one", "geopoint", "decimal", "integer", "image"}
    said = [s for q in asked for s in (q.label, q.hint, q.message)]
    said += [c.label for some in survey.CHOICES.values() for c in some]
    assert all(bool(one) == bool(other) for one, other in said)
    assert all(one != other for one, other in said if one not in ("", "PLN"))


def test_the_same_region_gives_the_same_version_and_another_one_another(tables):
    version = form("Contoh", tables)["settings"][1][2]
    assert form("Contoh", tables)["settings"][1][2] == version
    fewer = {**tables, "facilities": tables["facilities"].iloc[:1]}
    assert form("Contoh", fewer)["settings"][1][2] != version


def test_every_village_has_an_office_and_somewhere_that_is_none(tables):
    places = survey.places(tables["villages"], tables["facilities"])
    for village in VILLAGES:
        kinds = [p.kind for p in places.values() if p.village == village]
        assert kinds.count("village office") == kinds.count("") == 1


# Exports, as servers write them


@dataclasses.dataclass
class Filled:
    """One filled-in form, made up."""

    instance: str
    village: str
    facility: str
    day: str
    answers: dict
    lonlat: tuple | None = None
    review: str = ""
    edits: int = 0


def written(head, rows, **how):
    out = io.StringIO()
    csv.writer(out, **how).writerows([head, *rows])
    return out.getvalue()


def central_csv(filled, names):
    head = [
        "SubmissionDate",
        "today",
        "district",
        "village",
        "facility",
        "place-Latitude",
        "place-Longitude",
        "place-Altitude",
        "place-Accuracy",
    ]
    head += [f"g-{n}" for n in names]
    head += [
        "photo",
        "meta-instanceID",
        "KEY",
        "SubmitterID",
        "SubmitterName",
        "AttachmentsPresent",
        "AttachmentsExpected",
        "Status",
    ]
    head += ["ReviewState", "DeviceID", "Edits", "FormVersion"]
    rows = []
    for f in filled:
        row = [f"{f.day}T09:00:00.000Z", f.day, f.village[:8], f.village, f.facility]
        row += [f.lonlat[1], f.lonlat[0], 0, 5] if f.lonlat else [""] * 4
        row += [f.answers.get(n, "") for n in names]
        row += ["1.jpg", f"uuid:{f.instance}-v{f.edits}", f"uuid:{f.instance}", 7, PERSONS[0], 1, 1, ""]
        rows.append([*row, f.review, PERSONS[3], f.edits, "1"])
    return written(head, rows)


def central_json(filled, names):
    value = []
    for f in filled:
        system = {"submissionDate": f"{f.day}T09:00:00.000Z", "submitterId": "7", "submitterName": PERSONS[0]}
        system |= {"reviewState": f.review or None, "deviceId": PERSONS[3], "edits": f.edits}
        point = {"type": "Point", "coordinates": [*(f.lonlat or ()), 0], "properties": {"accuracy": 5}}
        one = {"__id": f"uuid:{f.instance}", "__system": system, "today": f.day, "district": f.village[:8]}
        one |= {"village": f.village, "facility": f.facility, "place": point if f.lonlat else None}
        one |= {"g": {n: f.answers.get(n) for n in names}, "photo": "1.jpg"}
        value.append(one | {"meta": {"instanceID": f"uuid:{f.instance}-v{f.edits}"}})
    return json.dumps(
        {"value": value, "@odata.context": "https://odk.example/v1/projects/1/forms/f.svc/$metadata"}
    )


KOBO = {"rejected": "not_approved", "hasIssues": "on_hold", "approved": "approved"}


def kobo_csv(filled, names):
    head = [
        "today",
        "district",
        "village",
        "facility",
        "place",
        "_place_latitude",
        "_place_longitude",
        "_place_altitude",
        "_place_precision",
    ]
    head += [f"g/{n}" for n in names]
    head += [
        "photo",
        "photo_URL",
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "_submitted_by",
    ]
    rows = []
    for f in filled:
        row = [f.day, f.village[:8], f.village, f.facility]
        row += [f"{f.lonlat[1]} {f.lonlat[0]} 0 5", f.lonlat[1], f.lonlat[0], 0, 5] if f.lonlat else [""] * 5
        row += [f.answers.get(n, "") for n in names]
        row += ["1.jpg", "https://kobo.example/1.jpg", 31, f.instance, f"{f.day}T09:00:00"]
        review = f"validation_status_{KOBO[f.review]}" if f.review else ""
        rows.append([*row, review, "", "submitted_via_web", PERSONS[1]])
    return "\ufeff" + written(head, rows, delimiter=";", quoting=csv.QUOTE_ALL)


def kobo_json(filled, names):
    results = []
    for f in filled:
        one = {
            "_id": 31,
            "formhub/uuid": "aa",
            "today": f.day,
            "district": f.village[:8],
            "village": f.village,
        }
        one |= {"facility": f.facility} | {f"g/{n}": f.answers[n] for n in names if n in f.answers}
        one |= {"place": f"{f.lonlat[1]} {f.lonlat[0]} 0 5"} if f.lonlat else {}
        one |= {
            "photo": "1.jpg",
            "meta/instanceID": f"uuid:{f.instance}",
            "_uuid": f.instance,
            "_tags": [],
            "_notes": [],
        }
        one |= {"_attachments": [{"filename": f"{PERSONS[1]}/1.jpg"}], "_geolocation": [-0.777, 117.0]}
        one |= {
            "_submission_time": f"{f.day}T09:00:00",
            "_submitted_by": PERSONS[1],
            "phonenumber": PERSONS[2],
        }
        review = {"uid": f"validation_status_{KOBO[f.review]}", "label": "x"} if f.review else {}
        results.append(one | {"_validation_status": review, "_status": "submitted_via_web"})
    return json.dumps({"count": len(results), "next": None, "previous": None, "results": results})


EXPORTS = {"c.csv": central_csv, "c.json": central_json, "k.csv": kobo_csv, "k.json": kobo_json}


@pytest.fixture(scope="module")
def filled(tables):
    office, school = (place_of(tables, VILLAGES[0], kind) for kind in ("village office", "school"))
    home = place_of(tables, VILLAGES[1], "")
    first = {"works": "yes", "feels": "video", "password": "office", "signal_lain": "weak", "power": "solar"}
    first |= {"signal_seluler_contoh": "strong", "power_hours": "6.5", "shared_devices": "4"}
    broken = {"works": "no", "password": "nobody", "power": "grid"}
    without = {"works": "no_link", "signal_lain": "very_strong", "power_hours": "99"}
    return [
        Filled("aaaa1111", VILLAGES[0], office, "2026-11-03", first, (117.05, 0.05)),
        Filled("bbbb2222", VILLAGES[0], school, "2026-11-04", broken, (119.0, 0.05)),
        Filled(
            "cccc3333", VILLAGES[0], school, "2026-11-06", {"works": "no_link", "signal_lain": "no_signal"}
        ),
        Filled("dddd4444", VILLAGES[1], home, "2026-11-05", without),
        Filled("eeee5555", VILLAGES[1], home, "2026-11-07", {"works": "no_link"}, review="rejected"),
        Filled("ffff6666", VILLAGES[1], home, "2026-11-07", {"works": "no_link"}, review="hasIssues"),
        Filled("99997777", VILLAGES[1], office, "2026-11-07", {"works": "yes", "feels": "slow"}),
    ]


def exported(folder, filled, name, tables):
    names = [q.name for q in survey.questions(survey.operators(tables["sites"]))][5:-1]
    path = folder / name
    path.write_text(EXPORTS[name](filled, names), encoding="utf-8")
    return path


def surveyed(paths, tables):
    submissions, found, count = survey_read.read(paths, survey.operators(tables["sites"]))
    made = survey_rows.rows(submissions, tables)
    return made, found, count, submissions


@pytest.mark.parametrize("name", EXPORTS)
def test_each_export_says_the_same(name, filled, tables, tmp_path):
    made, found, count, submissions = surveyed([exported(tmp_path, filled, name, tables)], tables)
    assert (count, len(submissions), made.used) == (7, 5, 3)
    assert [(f.row, f.what.split()[1]) for f in found] == [
        (row + (name.endswith("csv")), i) for row, i in ((5, "eeee5555"), (6, "ffff6666"))
    ]
    reports = made.tables["reports"].set_index("place")
    assert reports.loc["Kantor Desa Alfaro", ["signal", "level", "as of"]].tolist() == [
        "strong",
        "working",
        "2026-11-03",
    ]
    assert reports.loc["Kantor Desa Alfaro", "note"] == (
        "kata sandi: petugas di tempat ini; Lain: weak; Seluler Contoh: strong"
    )
    # The later one of the school counts; what feels slow, but is no place of that village, is told.
    assert reports.loc['SD "Satu"', ["signal", "level"]].tolist() == ["no signal", "none"]
    assert reports.loc["", ["village code", "signal", "level"]].tolist() == [
        VILLAGES[1],
        "very strong",
        "none",
    ]
    assert len(reports) == 3
    assert [f.what.split(":")[0] for f in made.findings] == ["submission 99997777"]
    # What was not asked stays as the region has it; 99 hours are none.
    devices = made.tables["devices"].iloc[0]
    assert devices[["households with smartphone", "households with computer", "shared devices"]].tolist() == [
        10,
        3,
        4,
    ]
    power = made.tables["electricity"]
    assert power[["village code", "electricity", "hours per day"]].to_numpy().tolist() == [
        [VILLAGES[0], "solar", 6.5]
    ]


def test_a_place_far_from_its_village_is_told(filled, tables, tmp_path):
    made, *_ = surveyed([exported(tmp_path, filled[:2], "k.json", tables)], tables)
    assert [f.what for f in made.findings] == [
        f"submission bbbb2222: filled in 212 km from village {VILLAGES[0]}"
    ]


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(EXPORTS)), st.sets(st.integers(0, 6))), min_size=1, max_size=4),
    st.randoms(),
)
def test_exports_in_any_order_doubled_and_overlapping_say_each_submission_once(
    filled, tables, tmp_path_factory, drawn, dice
):
    folder = tmp_path_factory.mktemp("any")
    paths = []
    for n, (name, some) in enumerate(drawn):
        (folder / str(n)).mkdir()
        paths.append(exported(folder / str(n), [filled[i] for i in sorted(some)], name, tables))
    one = surveyed(paths, tables)
    order = [*paths, *paths]
    dice.shuffle(order)
    other = surveyed(order, tables)
    assert one[3] == other[3]
    assert {s.instance for s in one[3]} == {
        filled[i].instance for _, some in drawn for i in some if i not in (4, 5)
    }
    assert all(one[0].tables[name].equals(other[0].tables[name]) for name in one[0].tables | other[0].tables)


def test_of_an_edited_submission_the_last_edit_counts_and_a_refusal_stays(filled, tables, tmp_path):
    edited = dataclasses.replace(filled[0], answers={"works": "yes", "feels": "browse"}, edits=1)
    refused = dataclasses.replace(filled[1], review="rejected")
    old = exported(tmp_path, filled[:2], "c.csv", tables)
    new = exported(tmp_path, [edited, refused], "c.json", tables)
    for paths in ([old, new], [new, old]):
        submissions = surveyed(paths, tables)[3]
        assert [(s.instance, s.get("feels")) for s in submissions] == [("aaaa1111", "browse")]


def test_an_edit_in_kobo_takes_the_place_of_its_root(filled, tables, tmp_path):
    old = exported(tmp_path, filled[:1], "k.csv", tables)
    content = json.loads(exported(tmp_path, filled[:1], "k.json", tables).read_text())
    content["results"][0] |= {"_uuid": "edited00", "meta/instanceID": "uuid:edited00", "g/feels": "browse"}
    content["results"][0] |= {"meta/rootUuid": "uuid:aaaa1111", "meta/deprecatedID": "uuid:aaaa1111"}
    new = tmp_path / "edited.json"
    new.write_text(json.dumps(content))
    for paths in ([old, new], [new, old]):
        assert [(s.instance, s.get("feels")) for s in surveyed(paths, tables)[3]] == [("aaaa1111", "browse")]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "Desa;Tempat\nAlfaro;Kantor\n", "XML values and headers"),
        ("a.json", "{}", "expected a list"),
        ("a.json", "[1]", "expected a list"),
        ("a.json", "{", "no JSON"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_what_is_no_export_is_refused_in_words(name, text, told, tmp_path):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FileError, match=told):
        survey_read.read([path])


def test_through_the_commands_a_region_takes_in_what_was_surveyed_and_no_person(filled, tables, tmp_path):
    borders = tmp_path / "borders.geojson"
    tables["villages"].to_file(borders, driver="GeoJSON")
    region = Region.start(tmp_path / "region", name="Contoh")
    assert not region.add([borders], date="2025-01-01").refused
    merata("survey", "form", tmp_path / "region", tmp_path / "form.xlsx")
    assert convert(str(tmp_path / "form.xlsx")).warnings == []
    own = region.tables()
    office = place_of(own, VILLAGES[0], "village office")
    mine = [
        dataclasses.replace(filled[0], facility=office, answers={**filled[0].answers, "signal_any": "weak"})
    ]
    mine += [f for f in filled if f.facility.startswith("none_")]
    paths = [exported(tmp_path, mine, name, own) for name in EXPORTS]
    said = merata("survey", "read", tmp_path / "region", *paths, "--out", tmp_path / "out")
    assert "16 submissions read, 2 kept once each, 2 places" in said.stdout
    files = sorted((tmp_path / "out").iterdir())
    assert not any(person in file.read_text() for file in files for person in PERSONS)
    merata("add", tmp_path / "region", *files)
    got = region.tables()
    reports = got["reports"].set_index("village_code")
    assert reports.loc[VILLAGES[0], ["signal", "level", "place", "who"]].tolist() == [
        "weak",
        "working",
        "village office",
        "survei",
    ]
    assert str(reports.loc[VILLAGES[0], "source_date"])[:10] == "2026-11-03"
    assert got["devices"]["shared_devices"].tolist() == [4]
    assert got["electricity"][["electricity", "hours_per_day"]].to_numpy().tolist() == [["solar", 6.5]]
    assert not [
        f for f in region.findings() if f.severity in ("error", "question") and f.file.startswith("survey")
    ]

"""A bundle says what was packed, to anybody; whatever else is in an archive is refused, and says why."""

import io
import json
import zipfile
from dataclasses import asdict

import pytest
from bundle_regions import KEY, OTHER, about, outcome, packed, paid
from frictionless import Package
from hypothesis import given
from hypothesis import strategies as st

from merata.errors import MerataError
from merata.exchange import bundle, bundle_csv, canonical, notes
from merata.exchange.bundle import NOTE, PACKAGE, PATHS, opened
from merata.exchange.bundle_tables import TABLES

KEYS = [KEY.public]
GOOD = packed()


def members(data=GOOD):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files, **more):
    """An archive of (name or ZipInfo, content)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content, **more)
    return out.getvalue()


def signed(files, /, key=KEY, **about_more):
    """An archive whose region is dishonest: whatever the files hold, it is signed."""
    hashes = {name: bundle._sha256(content) for name, content in files.items() if name != NOTE}
    text = f"{bundle.FIRST_LINE}\n{canonical.canonical(asdict(about()) | {'files': hashes} | about_more).decode()}\n"
    return zipped([*(files | {NOTE: str(notes.Note(text, (key.sign(text),))).encode()}).items()])


def test_what_was_packed_is_what_is_opened_and_the_same_twice():
    found = opened(GOOD, KEYS, "a.zip")
    assert found.about == about()
    assert found.signer == KEY.public
    assert found.tables["prices"] == [paid()]
    told = found.tables["outcomes"][0]
    assert {name: told[name] for name in outcome()} == outcome()
    assert told["paid_idr"] is None
    assert packed() == GOOD
    assert opened(GOOD, [OTHER.public, *KEYS], "a.zip") == found


def test_the_library_of_data_packages_reads_it(tmp_path):
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        archive.extractall(tmp_path)
    report = Package(str(tmp_path / PACKAGE)).validate()
    assert report.valid, report.flatten(["note"])
    assert [task.name for task in report.tasks] == list(TABLES)
    path = tmp_path / PATHS["prices"]
    path.write_text(path.read_text().replace("1800000", "-1"))
    assert not Package(str(tmp_path / PACKAGE)).validate().valid


def link():
    info = zipfile.ZipInfo("data/prices.csv")
    info.external_attr = 0o120777 << 16
    return info


def changed(name, old, new):
    return members() | {name: members()[name].replace(old, new)}


LINE = members()[PATHS["prices"]].splitlines(keepends=True)[1]
BOMB = zipped([(NOTE, b"0" * 30_000_000)])
REFUSED = {
    "no archive": (b"PK not at all", "expected a whole ZIP file"),
    "cut": (GOOD[:-40], "ZIP file"),
    "too large": (GOOD + b"0" * 5_000_000, "more than 5 MB"),
    "bomb": (BOMB, "expands to more than 20 MB"),
    "link": (zipped([(link(), b"/etc/passwd")]), "is a link or a device"),
    "out of the archive": (zipped([("../evil.csv", b"")]), "outside itself"),
    "absolute path": (zipped([("/etc/evil.csv", b"")]), "outside itself"),
    "many files": (zipped([(f"{n}.csv", b"") for n in range(50)]), "more than 14 files"),
    "unknown file": (zipped([*members().items(), ("run.sh", b"rm")]), "'run.sh', which is no file of a bundle"),
    "hidden file": (zipped([*members().items(), ("__MACOSX/x", b"rm")]), "which is no file of a bundle"),
    "lacks a file": (zipped([*members().items()][:-1]), "lacks data/practices.csv"),
    "other key": (packed(key=OTHER), "not signed by a key that you gave, but by b.example/log"),
    "changed table": (zipped(changed(PATHS["prices"], b"1800000", b"1800001").items()), "it was changed"),
    "changed note": (zipped(changed(NOTE, b"Pazelo", b"Vekona").items()), "signature by a.example/log is false"),
    "changed description": (signed(changed(PACKAGE, b'"integer"', b'"string"')), "describes other tables"),
    "no description": (signed(members() | {PACKAGE: b"[[]]"}), "describes other tables"),
    "other columns": (signed(changed(PATHS["prices"], b"middle_idr", b"median_idr")), "expected the columns"),
    "no number": (signed(changed(PATHS["prices"], b"1800000", b"1.8 juta")), "row 2, column middle_idr: '1.8 juta'"),
    "out of range": (signed(changed(PATHS["outcomes"], b"0.9,", b"1.9,")), "column availability: '1.9' is not from"),
    "no choice": (signed(changed(PATHS["prices"], b"leo_monthly", b"geo_weekly")), "'geo_weekly' is none of"),
    "range upside down": (signed(changed(PATHS["prices"], b"1620000", b"1990000")), "not in this order"),
    "two sites": (signed(changed(PATHS["prices"], b",41,", b",2,")), "contracts tell of 3 sites or more"),
    "formula": (signed(changed(PATHS["practices"], b"Panels were", b"=Panels")), "formula of a spreadsheet"),
    "unseen letters": (signed(changed(PATHS["practices"], b"Panels w", b"Panels\xe2\x80\xaew")), "can't be seen"),
    "no UTF-8": (signed(changed(PATHS["practices"], b"Panels w", b"\xff")), "no CSV file in UTF-8"),
    "a row twice": (
        signed(changed(PATHS["prices"], LINE, LINE * 2)),
        "are those of row 2",
    ),
    "manifest of other files": (signed(members(), files={}), "not as bundles have it"),
    "number is text": (signed(members(), serial="1"), "not as bundles have it"),
    "path as code": (signed(members(), code="../../x"), "no official code"),
    "more than is known": (signed(members(), run="rm"), "not as bundles have it"),
    "a checkpoint": (
        zipped((members() | {NOTE: str(notes.Note(t := "a.example/log\n3\nAAAA\n", (KEY.sign(t),))).encode()}).items()),
        "merata-bundle/1 was expected",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_bad_archives_are_refused_with_the_reason(what):
    data, why = REFUSED[what]
    with pytest.raises(MerataError, match=why.replace("(", r"\(")) as caught:
        opened(data, KEYS, "a.zip")
    assert str(caught.value).startswith("a.zip")


def test_a_name_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped([*members().items(), (NOTE, b"another")])
    with pytest.raises(MerataError, match=r"holds 'bundle\.note' twice"):
        opened(twice, KEYS, "a.zip")


def test_a_size_that_lies_is_found():
    place = GOOD.rindex(b"PK\x01\x02")
    lying = bytearray(GOOD)
    lying[place + 24 : place + 28] = (10).to_bytes(4, "little")
    with pytest.raises(MerataError, match=r"is damaged|not the 10 bytes"):
        opened(bytes(lying), KEYS, "a.zip")


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_changes_what_is_read(place, by):
    data = bytearray(GOOD)
    data[place] ^= by
    try:
        found = opened(bytes(data), KEYS, "a.zip")
    except MerataError:
        return
    assert (found.about, found.tables) == (about(), opened(GOOD, KEYS, "a.zip").tables)


CELLS = {
    "text": st.text(st.characters(codec="utf-8"), max_size=30),
    "int": st.integers(-5, 10**6),
    "idr": st.integers(-5, 10**9),
    "float": st.floats(-1, 2),
    "date": st.dates().map(str),
}


@given(st.data())
def test_rows_that_can_be_written_are_read_as_they_were(data):
    table = TABLES["practices"]
    row = {
        column.name: data.draw(st.sampled_from(column.choices) if column.choices else CELLS[column.kind])
        for column in table.columns
    }
    try:
        written = bundle_csv.write([row], table)
    except MerataError:
        return
    assert bundle_csv.read(written, table, "x") == [
        {name: value if value != "" else None for name, value in row.items()}
    ]


@pytest.mark.parametrize(("more", "why"), [
    ({"code": "kukar"}, "no official code"), ({"name": " "}, "no name"), ({"date": "30/11/2026"}, "no date"),
    ({"licence": "free"}, "no address"), ({"serial": 0}, "no number"),
])  # fmt: skip
def test_what_others_would_refuse_is_not_packed(more, why):
    with pytest.raises(MerataError, match=why):
        packed(**more)


def test_words_of_another_version_are_no_lie():
    newer = signed(changed(PACKAGE, b"Geometric mean", b"Mean of the logarithm"))
    assert opened(newer, KEYS, "a.zip").tables == opened(GOOD, KEYS, "a.zip").tables


def test_the_description_is_no_larger_than_it_must_be():
    assert json.loads(members()[PACKAGE])["name"] == "merata-bundle-99-01-1"
    assert "licenses" not in json.loads(members()[PACKAGE])
    described = json.loads(members(packed(licence="https://creativecommons.org/licenses/by/4.0/"))[PACKAGE])
    assert described["licenses"] == [{"path": "https://creativecommons.org/licenses/by/4.0/"}]
    assert len(GOOD) < 20_000

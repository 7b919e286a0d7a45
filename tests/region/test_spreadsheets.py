"""Files become grids: what was written comes back, with true row numbers, and bombs don't go off."""

import csv
import datetime as dt
import zipfile

import pytest
from dialects import (
    ENCODINGS,
    SEPARATORS,
    WORKBOOKS,
    write,
    write_csv,
    write_ods,
    write_xls,
    write_xlsx,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from within import processor_seconds

from merata.errors import FileError
from merata.region.spreadsheets import read_grids

RELAXED = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
LETTERS = "abcXYZ éñ'\"\u00a0;,|\t-.:"
words = st.text(LETTERS, min_size=1, max_size=12).filter(
    lambda text: text.strip() and not text.startswith("sep=")
)
cells = st.one_of(
    st.none(),
    words,
    st.integers(-(10**12), 10**12),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 4)),
    st.dates(dt.date(1955, 1, 1), dt.date(2100, 1, 1)),
)


def tables(of):
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(of, min_size=width, max_size=width), min_size=1, max_size=8)
    )


def read_one(path):
    grids = read_grids(path, path.name)
    assert len(grids) <= 1
    return grids[0] if grids else None


def with_numbers(grid):
    """The filled cells by their place, in the file's own counting of rows."""
    return {
        (grid.first_row + r, c): cell
        for r, row in enumerate(grid.rows)
        for c, cell in enumerate(row)
        if cell is not None
    }


def is_utf8_by_accident(path):
    """Whether a file in Windows-1252 also reads as UTF-8: 'é' and two hard spaces are also one Chinese character."""
    try:
        return not path.read_bytes().decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize("ending", WORKBOOKS)
@RELAXED
@given(rows=tables(cells), blank_rows=st.integers(0, 3))
def test_a_workbook_comes_back_as_it_was(tmp_path, ending, rows, blank_rows):
    rows = [[None] * len(rows[0])] * blank_rows + [["head", *row[1:]] for row in rows]
    grid = read_one(write(tmp_path / f"table{ending}", rows))
    said = {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row) if v is not None}
    found = with_numbers(grid)
    if ending == ".ods":  # runs of white space are one space in ODS
        said = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in said.items()}
        found = {k: " ".join(v.split()) if isinstance(v, str) else v for k, v in found.items()}
    assert found == said


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
@RELAXED
@given(rows=tables(st.one_of(st.none(), st.text("abcé'\"\u00a0-. \n", max_size=9))))
@pytest.mark.slow
def test_a_text_file_comes_back_as_it_was(tmp_path, encoding, separator, rows):
    header = [f"kolom {n}" for n in range(len(rows[0]))]
    path = write_csv(tmp_path / "table.csv", [header, *rows], separator, encoding)
    assume(encoding != "cp1252" or not is_utf8_by_accident(path))
    grid = read_one(path)
    said = {(1, c): name for c, name in enumerate(header)}
    said |= {(r, c): v for r, row in enumerate(rows, 2) for c, v in enumerate(row) if v and v.strip()}
    assert with_numbers(grid) == said


def test_decimal_commas_do_not_pass_for_separators(tmp_path):
    rows = [["desa", "x", "y"], *[["A", "1,5", "2,25"] for _ in range(9)]]
    assert read_one(write_csv(tmp_path / "t.csv", rows, ";")).rows[1] == ["A", "1,5", "2,25"]


def test_the_line_that_names_the_separator_is_no_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("sep=|\na;b|c\n1|2\n")
    grid = read_one(path)
    assert (grid.first_row, grid.rows) == (1, [["a;b", "c"], ["1", "2"]])


def test_only_visible_sheets_that_hold_something(tmp_path):
    path = write_xlsx(
        tmp_path / "t.xlsx", {"A": [["x"]], "Rahasia": [["y"]], "Kosong": [[None]]}, hidden=("Rahasia",)
    )
    assert [grid.sheet for grid in read_grids(path, "t.xlsx")] == ["A"]


def test_merged_cells_are_told(tmp_path):
    path = write_xlsx(tmp_path / "t.xlsx", {"A": [[None], ["x", None], ["y", "z"]]}, merges=[(1, 0, 1, 1)])
    grid = read_one(path)
    assert (grid.first_row, grid.merges) == (2, ((0, 0, 0, 1),))


# --- files that are not what they claim --------------------------------------------------------------------------


def assert_refused(path, *words, within_s=5.0):
    with processor_seconds(within_s), pytest.raises(FileError) as error:
        read_grids(path, path.name)
    for word in (path.name, *words):
        assert word in str(error.value)


@pytest.mark.parametrize("ending", WORKBOOKS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_workbook_cut_short_is_refused(tmp_path, ending, share):
    path = write(tmp_path / f"t{ending}", [[f"kata {n} {m}" for n in range(8)] for m in range(60)])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert_refused(path)


def test_files_that_are_something_else_are_refused_with_what_to_do(tmp_path):
    book = write_xlsx(tmp_path / "a.xlsx", {"A": [["x"]]})
    old = write_xls(tmp_path / "b.xls", {"A": [["x"]]})
    for name, content, words in (
        ("new.xls", book.read_bytes(), ("Rename it to end in .xlsx",)),
        ("old.xlsx", old.read_bytes(), ("Rename it to end in .xls",)),
        ("zip.csv", book.read_bytes(), ("expected text",)),
        ("web.xls", b"<html><table><tr><td>1</td></tr></table></html>", ("a web page",)),
        ("scan.xlsx", b"%PDF-1.7 ...", ("a PDF",)),
        ("words.ods", b"hello", ("expected an XLSX or ODS workbook",)),
        ("nothing.csv", b"", ("empty",)),
        ("nul.csv", b"a,b\n1,\0\n", ("NUL",)),
        ("wide.csv", "a,b\n1,2\n".encode("utf-16-le"), ("NUL",)),
        ("odd.csv", b"a,b\n\x81\x8d,2\n", ("encoding",)),
        ("quote.csv", b'a,b\n1,"open\n2,3\n4,5\n', ("row 2", "quote")),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), ("password",)),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert_refused(path, *words)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert_refused(path)


def test_a_line_of_two_gigabytes_is_refused_unread(tmp_path):
    path = tmp_path / "t.csv"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    assert_refused(path, "at most 200 MB", within_s=1.0)


def test_a_long_line_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"x" * 11_000_000)
    assert_refused(path, "single line")


def test_a_cell_without_end_is_refused_whatever_other_libraries_set(tmp_path):
    csv.field_size_limit(1 << 30)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n1," + b"x" * 500_000 + b"\n")
    assert_refused(path, "row 2")


def test_a_far_cell_is_refused_before_it_takes_memory(tmp_path):
    rows = [["x"]]
    path = write_xlsx(tmp_path / "t.xlsx", {"A": rows})
    inner = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    _replace(path, "xl/worksheets/sheet1.xml", inner.format(far).encode())
    assert_refused(path, "1,048,576 rows", "16,384 columns", "stray cell")


def test_an_expanding_workbook_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "t.xlsx", {"A": [["x"]]})
    _replace(path, "xl/worksheets/sheet1.xml", b" " * 60_000_000)
    assert_refused(path, "expands")


@pytest.mark.parametrize(
    "body",
    [
        '<table:table-row><table:table-cell table:number-columns-repeated="4000000000" office:value="1"/>'
        "</table:table-row>",
        '<table:table-row table:number-rows-repeated="4000000000"><table:table-cell office:value="1"/>'
        "</table:table-row>",
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="1999"'
        "><text:p>x</text:p></table:table-cell></table:table-row>",
    ],
)
def test_an_ods_that_repeats_without_end_is_refused(tmp_path, body):
    path = write_ods(tmp_path / "t.ods", {"A": [["x"]]})
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").decode()
    content = content.replace("<table:table-row>", body + "<table:table-row>", 1)
    assert body in content
    _replace(path, "content.xml", content.encode())
    assert_refused(path, "stray cell")


def _replace(path, member, content):
    with zipfile.ZipFile(path) as archive:
        others = {name: archive.read(name) for name in archive.namelist() if name != member}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (others | {member: content}).items():
            archive.writestr(name, data)

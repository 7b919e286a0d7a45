"""Tables are found in sheets as offices lay them out."""

from hypothesis import given
from hypothesis import strategies as st

from merata.region.headers import find_tables
from merata.region.spreadsheets import Grid

N = None


def tables_of(rows, **grid):
    width = max(len(row) for row in rows)
    return find_tables(Grid("S", [[*row, *[N] * (width - len(row))] for row in rows], **grid), "f.xlsx")


def one(rows, **grid):
    tables = tables_of(rows, **grid)
    assert len(tables) == 1
    return tables[0]


def said(table, severity):
    return [finding.what for finding in table.findings if finding.severity == severity]


def test_titles_numbering_totals_notes_and_signatures_are_told_from_data():
    table = one(
        [
            ["DATA PENDUDUK"],
            ["per 10 November 2025"],
            [],
            ["No", "Kecamatan", "Desa", "KK", "Jiwa"],
            ["(1)", "(2)", "(3)", "(4)", "(5)"],
            [1, "Alpha", "Satu", 10, 40],
            [],
            [2, "Alpha", "Sumber Sari", 11, 41],
            ["Jumlah Kec. Alpha", N, N, 21, 81],
            [3, "Beta", "Total", 5, 20],
            ["JUMLAH", N, N, 26, 101],
            [],
            ["Sumber: Dinas Kependudukan"],
            [N, N, N, N, "Contoh, 12 Mei 2025"],
            [N, "Mengetahui,", N, N, "Kepala Dinas"],
            [N, "Nama Camat", N, N, "Nama Kepala"],
            [N, N, N, N, "NIP. 19700101"],
        ],
        first_row=3,
    )
    assert table.title == "DATA PENDUDUK / per 10 November 2025"
    assert table.columns == ["No", "Kecamatan", "Desa", "KK", "Jiwa"]
    assert [row[2] for row in table.rows] == ["Satu", "Sumber Sari", "Total"]
    assert table.row_numbers == [8, 10, 12]
    assert table.header_row == 6
    assert said(table, "note") == [
        "Totals in rows 11, 13.",
        "Notes or signatures in rows 15, 16, 17, 18, 19, from 'Sumber: Dinas Kependudukan'.",
    ]


TWO_ROWS = [
    ["No", "Kecamatan", "Desa", "Jumlah", N, "Keterangan"],
    [N, N, N, "KK", "Jiwa", N],
    [1, "Alpha", "Satu", 10, 40, "x"],
]


def test_two_header_rows_with_and_without_merged_cells():
    merges = ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4), (0, 5, 1, 5))
    for grid in ({}, {"merges": merges}):
        table = one(TWO_ROWS, **grid)
        assert table.columns == ["No", "Kecamatan", "Desa", "Jumlah KK", "Jumlah Jiwa", "Keterangan"]
        assert table.parts[3] == ("Jumlah", "KK")
        assert table.rows == [[1, "Alpha", "Satu", 10, 40, "x"]]


def test_a_group_above_a_full_header_row():
    table = one(
        [["Judul"], [N, N, "Penduduk"], ["Kecamatan", "Desa", "KK", "Jiwa"], ["Alpha", "Satu", 1, 4]],
        merges=((1, 2, 1, 3),),
    )
    assert table.columns == ["Kecamatan", "Desa", "Penduduk KK", "Penduduk Jiwa"]
    assert table.title == "Judul"


def test_a_title_across_all_columns_is_no_header():
    table = one(
        [["DATA DESA", N, N], ["Kecamatan", "Desa", "KK"], ["Alpha", "Satu", 1]], merges=((0, 0, 0, 2),)
    )
    assert (table.title, table.columns) == ("DATA DESA", ["Kecamatan", "Desa", "KK"])


def test_words_in_the_first_row_of_data_are_no_header():
    table = one(
        [["Kecamatan", "Desa", "Sinyal", N], ["Alpha", "Satu", "kuat", "x"], ["Alpha", "Dua", "lemah", "y"]]
    )
    assert len(table.rows) == 2
    assert table.columns[3] == "column D"


BLOCKS = [
    ["Kecamatan", "Desa", "KK"],
    ["Alpha", "Satu", 1],
    [N, "Dua", 2],
    ["Beta", "Tiga", 3],
    [N, "Empat", 4],
]


def test_a_district_that_stands_once_is_given_to_its_villages():
    table = one(BLOCKS)
    assert [row[0] for row in table.rows] == ["Alpha", "Alpha", "Beta", "Beta"]
    assert said(table, "repaired") == ["'Kecamatan' stands only in the first row of a block of villages."]


def test_a_district_that_is_missing_once_is_not_guessed():
    rows = [["Kecamatan", "Desa", "KK"], *[["Alpha", f"Desa {n}", n] for n in range(9)]]
    rows[4][0] = N
    table = one(rows)
    assert table.rows[3][0] is None
    assert not table.findings


def test_words_in_merged_cells_are_filled_in_and_numbers_are_not():
    rows = [["Kecamatan", "Desa", "Nama Sekolah", "KK"], ["Alpha", "Satu", "SD 1", 9], [N, N, "SD 2", N]]
    table = one(rows, merges=((1, 0, 2, 0), (1, 1, 2, 1), (1, 3, 2, 3)))
    assert table.rows[1] == ["Alpha", "Satu", "SD 2", None]


def test_districts_in_rows_of_their_own():
    table = one(
        [
            ["No", "Desa", "Jiwa"],
            ["I", "Kecamatan Alpha", 100],
            [1, "Satu", 60],
            [2, "Dua", 40],
            ["II", "KEC. BETA", N],
            [1, "Tiga", 5],
        ]
    )
    assert table.columns[-1] == "Kecamatan"
    assert [(row[1], row[3]) for row in table.rows] == [("Satu", "Alpha"), ("Dua", "Alpha"), ("Tiga", "BETA")]
    bare = one([["No", "Desa", "Jiwa"], ["ALPHA"], [1, "Satu", 6], ["BETA"], [1, "Dua", 7]])
    assert [(row[1], row[3]) for row in bare.rows] == [("Satu", "ALPHA"), ("Dua", "BETA")]


def test_a_district_named_above_the_header():
    table = one([["Kecamatan", ": Alpha"], [], ["No", "Desa", "KK"], [1, "Satu", 3]])
    assert table.rows == [[1, "Satu", 3, "Alpha"]]


def test_a_district_in_the_district_column_of_a_full_row_is_data():
    table = one([["Kecamatan", "Desa", "KK"], ["Kecamatan Alpha", "Satu", 3], ["Kecamatan Beta", "Dua", 3]])
    assert len(table.rows) == 2


def test_tables_below_each_other_and_headers_printed_again():
    tables = tables_of(
        [
            ["Tabel 1"],
            ["No", "Desa", "KK"],
            [1, "Satu", 3],
            ["No", "Desa", "KK"],
            [2, "Dua", 4],
            [],
            ["Tabel 2"],
            ["No", "Desa", "Listrik"],
            [1, "Satu", "PLN"],
        ]
    )
    assert [(t.title, t.row_numbers) for t in tables] == [("Tabel 1", [3, 5]), ("Tabel 2", [9])]


def test_a_list_of_one_column_and_a_sheet_without_a_table():
    assert one([["Desa"], ["Satu"], ["Dua"]]).rows == [["Satu"], ["Dua"]]
    assert tables_of([["Dinas Komunikasi"], ["Tahun 2025"]]) == []
    assert find_tables(Grid("S", []), "f") == []


texts = ["Desa", "Kecamatan", "No", "JUMLAH", "Kec. X", "Sumber: a", "x", "1.234", "KK", "Jumlah"]
cells = st.one_of(st.none(), st.sampled_from(texts), st.integers(0, 9))


@given(st.integers(1, 5).flatmap(lambda w: st.lists(st.lists(cells, min_size=w, max_size=w), max_size=12)))
def test_every_row_is_data_or_accounted_for(rows):
    """Any grid is read without an error; a row is taken once at most, and keeps its cells and its number."""
    tables = find_tables(Grid("S", rows), "f")
    numbers = [number for table in tables for number in table.row_numbers]
    assert len(numbers) == len(set(numbers))
    for table in tables:
        assert len(table.columns) == len(table.parts)
        for number, row in zip(table.row_numbers, table.rows, strict=True):
            assert len(row) == len(table.columns)
            given_cells = [c for c in rows[number - 1] if c is not None]
            assert [c for c in row if c is not None][: len(given_cells)] == given_cells or table.findings

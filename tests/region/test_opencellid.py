"""OpenCelliD: every cell of the region is in a site, none from elsewhere; broken files are refused quickly."""

import gzip
import math
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from within import processor_seconds

from merata.errors import FileError
from merata.region import opencellid
from merata.region.records import Source

HEADER = ",".join(opencellid.HEADER)
BORDER = shapely.box(116.0, -1.0, 117.0, 1.0)
KM = 1 / 111.195


def row(radio="LTE", net=10, cell=1, lon=116.5, lat=0.5, samples=5, updated=1735689600, mcc=510, area=7):
    return f"{radio},{mcc},{net},{area},{cell},,{lon},{lat},1000,{samples},1,1500000000,{updated},0"


def source(tmp_path: Path, lines: list[str], name: str = "510.csv", packed: bool = False) -> Source:
    path = tmp_path / (name + ".gz" if packed else name)
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data) if packed else data)
    return Source(path.name, path, "2025-06-01")


def sites(tmp_path, lines, border=BORDER, **how):
    return opencellid.read(source(tmp_path, lines, **how), border).tables["sites"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("header", [False, True])
def test_a_cell_becomes_a_site_with_its_operator_and_technology(tmp_path, header, packed):
    lines = [HEADER] * header + [row(), row(net=89, radio="GSM", lat=-0.5)]
    found = sites(tmp_path, lines, packed=packed).set_index("operator")
    assert found.loc["Telkomsel", ["technologies", "samples", "kind", "known_by"]].tolist() == [
        "4G",
        5,
        "tower",
        "reported",
    ]
    assert found.loc["Tri", "technologies"] == "2G"
    assert found.loc["Telkomsel"].geometry.equals_exact(shapely.Point(116.5, 0.5), 1e-9)
    assert found.loc["Telkomsel", "source_date"] == "2025-01-01"
    assert found["source_row"].tolist() == [1 + header, 2 + header]


def test_cells_of_one_mast_are_one_site_and_other_operators_stay_apart(tmp_path):
    lines = [
        row(cell=1, samples=90), row("GSM", cell=2, lon=116.5 + 0.1 * KM, samples=10), row("UMTS", cell=3),
        row(net=11, cell=4),
        row(cell=5, lon=116.5 + 0.4 * KM),
    ]  # fmt: skip
    found = sites(tmp_path, lines)
    assert sorted(zip(found["operator"], found["technologies"], found["samples"], strict=True)) == [
        ("Telkomsel", "2G 3G 4G", 105),
        ("Telkomsel", "4G", 5),
        ("XL", "4G", 5),
    ]
    near = found[found["samples"] == 105].geometry.iloc[0]
    assert near.x == pytest.approx(116.5 + 0.1 * KM * 10 / 105, abs=1e-7)  # the better seen cells weigh more


def test_a_chain_of_cells_is_not_one_mast(tmp_path):
    lines = [row(cell=n, lon=116.5 + 0.1 * KM * n) for n in range(20)]  # 100 m apart, 1.9 km in all
    found = sites(tmp_path, lines)
    assert 5 <= len(found) <= 10
    assert found["samples"].sum() == 100


cells = st.lists(
    st.tuples(
        st.sampled_from(["GSM", "UMTS", "LTE", "NR"]),
        st.sampled_from([1, 10, 11, 21, 88]),
        st.integers(0, 2**28),
        st.floats(115.5, 117.5).map(lambda v: round(v, 6)),
        st.floats(-1.5, 1.5).map(lambda v: round(v, 6)),
        st.integers(1, 1000),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda cell: cell[2],
)


@pytest.mark.slow
@settings(max_examples=40)
@given(cells)
def test_the_sites_hold_just_the_samples_of_the_cells_near_the_region(tmp_path_factory, found):
    lines = [row(radio, net, cell, lon, lat, samples) for radio, net, cell, lon, lat, samples in found]
    margin = 0.05
    inside = [c for c in found if 116 - margin <= c[3] <= 117 + margin and -1 - margin <= c[4] <= 1 + margin]
    tables = opencellid.read(source(tmp_path_factory.mktemp("cells"), lines), BORDER).tables
    if not inside:
        assert "sites" not in tables
        return
    result = tables["sites"]
    assert result["samples"].sum() == sum(c[5] for c in inside)
    assert result["id"].is_unique
    assert set(result["operator"]) == {opencellid.operator_of(510, c[1]) for c in inside}
    for _, _, _, lon, lat, _ in inside:  # every cell has a site of its own mast near it
        nearest = min(math.hypot((p.x - lon), p.y - lat) for p in result.geometry) / KM * 1000
        assert nearest <= opencellid.MAST_M * 2


def test_the_order_of_the_lines_does_not_matter(tmp_path):
    lines = [row(cell=n, lon=116.5 + 0.09 * KM * n, samples=n % 3 + 1) for n in range(30)]
    forward = sites(tmp_path, lines).drop(columns="source_row")
    backward = sites(tmp_path, lines[::-1]).drop(columns="source_row")
    assert forward.equals(backward)


def test_a_cell_listed_twice_counts_once_as_last_updated(tmp_path):
    found = sites(
        tmp_path, [row(updated=1700000000, samples=9, lat=0.9), row(updated=1600000000, samples=4, lat=0.1)]
    )
    assert found["samples"].tolist() == [9]
    assert found.geometry.iloc[0].y == 0.9


def test_lines_that_cant_be_used_are_told_and_the_others_keep_their_line_numbers(tmp_path):
    lines = [
        HEADER,
        row(),
        "rubbish,1",
        row(cell=2, lon="x"),
        row(cell=3, lat=91),
        row("WIFI", cell=4),
        row(cell=5, lat=0.8),
    ]
    understood = opencellid.read(source(tmp_path, lines), BORDER)
    assert sorted(understood.tables["sites"]["source_row"]) == [2, 7]
    errors = {f.what: f.row for f in understood.findings if f.severity == "error"}
    assert errors == {
        "1 line with another number of columns than the first line.": 3,
        "2 cells without possible coordinates.": 0,
        "1 cell in the region of an unknown technology or without an identity.": 0,
    }


def test_a_file_of_elsewhere_is_told_and_gives_nothing(tmp_path):
    understood = opencellid.read(source(tmp_path, [row(lat=-7.0)]), BORDER)
    assert understood.tables == {}
    assert "None of its 1 cell lies in the region" in understood.findings[0].what


def test_without_a_border_everything_is_read(tmp_path):
    assert len(sites(tmp_path, [row(), row(lat=-7.0, cell=2)], border=None)) == 2


def test_a_made_up_source_stays_made_up(tmp_path):
    path = source(tmp_path, [row()]).path
    made_up = Source("510.csv", path, "2025-06-01", known_by="made up")
    assert opencellid.read(made_up, BORDER).tables["sites"]["known_by"].tolist() == ["made up"]


@pytest.mark.parametrize(
    ("content", "mine"),
    [
        (HEADER.encode() + b"\n", True),
        (row().encode(), True),
        (b"\xef\xbb\xbf" + HEADER.encode(), True),
        (gzip.compress(row().encode(), mtime=0), True),
        (b"nama,desa,kecamatan,a,b,c,d,e,f,g,h,i,j,k\n", False),
        (b"", False),
        (b"\x1f\x8bbroken", False),
        (b"\x00" * 5000, False),
    ],
)
def test_recognises_its_own_files_by_their_content(tmp_path, content, mine):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert opencellid.recognises(path, "file") is mine


def test_a_truncated_gzip_file_is_refused(tmp_path):
    whole = source(tmp_path, [row(cell=n, samples=n * 7919 % 1000) for n in range(2000)], packed=True).path
    whole.write_bytes(whole.read_bytes()[:-300])
    with pytest.raises(FileError, match=r"510.csv.gz: not a whole gzip file"):
        opencellid.read(Source("510.csv.gz", whole, "2025-06-01"), BORDER)


def test_another_table_is_refused_with_what_was_expected(tmp_path):
    with pytest.raises(FileError, match="expected the columns radio,mcc,net"):
        opencellid.read(source(tmp_path, ["nama;desa"]), BORDER)


@pytest.mark.slow
def test_an_endless_line_and_a_bomb_are_refused_at_once(tmp_path):
    path = tmp_path / "line.csv"
    with path.open("wb") as out:
        out.write((row() + "\n").encode())
        out.truncate(2_000_000_000)  # a sparse file: two gigabytes in one line
    with processor_seconds(15), pytest.raises(FileError, match=r"line.csv"):
        opencellid.read(Source("line.csv", path, "2025-06-01"), BORDER)
    bomb = tmp_path / "bomb.csv.gz"
    piece = gzip.compress(b"\n" * (1 << 24), 9)
    bomb.write_bytes(gzip.compress((row() + "\n").encode()) + piece * 40)
    with processor_seconds(15), pytest.raises(FileError, match="times its size"):
        opencellid.read(Source("bomb.csv.gz", bomb, "2025-06-01"), BORDER)

"""Archives that anyone may have made: whole ones come out as they were, bad ones are refused at once."""

import gzip
import io
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from within import processor_seconds

from merata.errors import FileError
from merata.region.archives import check_zip, extract, gunzip


def make_zip(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in members.items():
                archive.writestr(name, data)
    return path


name = st.text("abcdefgå ._-", min_size=1, max_size=12)
names = st.lists(
    name.filter(lambda t: t.strip(". ") and not t.startswith("._")),
    min_size=1,
    max_size=5,
    unique_by=str.casefold,
)


@settings(max_examples=30)
@given(names, st.data())
def test_whole_archives_come_out_as_they_were(tmp_path_factory, found, data):
    folder = tmp_path_factory.mktemp("zip")
    members = {name: data.draw(st.binary(max_size=300)) for name in found}
    path = make_zip(folder / "a.zip", members)
    assert check_zip(path, "a.zip") == list(members)
    written = extract(path, "a.zip", folder / "out")
    assert {p.name: p.read_bytes() for p in written} == members


def test_only_wanted_members_and_no_mac_copies_are_written(tmp_path):
    path = make_zip(
        tmp_path / "a.zip", {"d/Desa.SHP": b"1", "d/readme.txt": b"2", "__MACOSX/d/._Desa.SHP": b"3"}
    )
    written = extract(path, "a.zip", tmp_path / "out", (".shp",))
    assert [p.relative_to(tmp_path / "out").as_posix() for p in written] == ["d/Desa.SHP"]
    assert check_zip(path, "a.zip") == ["d/Desa.SHP", "d/readme.txt"]


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/etc/x", "C:\\x", "..\\x", "c:x", "\\\\host\\x", "ok/../../../../x"]
)
def test_paths_that_climb_out_are_refused(tmp_path, name):
    path = make_zip(tmp_path / "a.zip", {"fine.txt": b"", name: b"x"})
    for act in (lambda: check_zip(path, "a.zip"), lambda: extract(path, "a.zip", tmp_path / "out")):
        with pytest.raises(FileError, match=r"a\.zip.*outside itself"):
            act()
    assert not (tmp_path / "out").exists()


def test_a_symbolic_link_is_refused(tmp_path):
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(FileError, match="link"):
        check_zip(tmp_path / "a.zip", "a.zip")


def test_the_same_name_twice_is_refused(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("a/b.txt", "1")
            archive.writestr("A//b.TXT", "2")
    with pytest.raises(FileError, match="twice"):
        check_zip(tmp_path / "a.zip", "a.zip")


def test_a_locked_member_is_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a": b"x"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    with pytest.raises(FileError, match="password"):
        check_zip(path, "a.zip")


@pytest.mark.slow
def test_a_bomb_is_refused_within_seconds_whatever_it_declares(tmp_path):
    path = make_zip(tmp_path / "bomb.xlsx", {"xl/worksheets/sheet1.xml": bytes(120_000_000)})
    with processor_seconds(10), pytest.raises(FileError, match="times its size"):
        check_zip(path, "bomb.xlsx")
    with processor_seconds(10), pytest.raises(FileError, match="more than 1 MB"):
        check_zip(path, "bomb.xlsx", max_total_bytes=1_000_000)
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    for place in (at + 24, 22):  # the member now declares 1000 bytes, in both of its headers
        struct.pack_into("<I", raw, place, 1000)
    path.write_bytes(bytes(raw))
    with processor_seconds(10), pytest.raises(FileError, match=r"times its size|damaged|declares"):
        check_zip(path, "bomb.xlsx")
    with processor_seconds(10), pytest.raises(FileError):
        extract(path, "bomb.xlsx", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.xml"))


def test_a_small_office_file_may_shrink_a_lot(tmp_path):
    path = make_zip(tmp_path / "a.xlsx", {"sheet1.xml": b"<c/>" * 5_000_000})
    assert check_zip(path, "a.xlsx") == ["sheet1.xml"]


def test_a_member_with_more_in_it_than_it_declares_is_refused(tmp_path):
    """Even when its check sum fits the part that it declares."""
    path = make_zip(tmp_path / "a.zip", {"a.xml": b"a" * 100_000})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    for start in (at + 16, 14):
        struct.pack_into("<I", raw, start, zlib.crc32(b"a" * 1000))
    for start in (at + 24, 22):
        struct.pack_into("<I", raw, start, 1000)
    path.write_bytes(bytes(raw))
    with pytest.raises(FileError):
        check_zip(path, "a.zip")


def test_too_many_members_are_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", {f"{n}": b"" for n in range(60)})
    with pytest.raises(FileError, match="more than 50 files"):
        check_zip(path, "a.zip", max_members=50)


def test_members_that_lie_over_each_other_are_refused(tmp_path):
    path = make_zip(tmp_path / "a.zip", {"a": b"x" * 5000, "b": b"y" * 5000}, zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    struct.pack_into("<II", raw, second + 20, 9_000, 9_000)
    path.write_bytes(bytes(raw))
    with pytest.raises(FileError, match="over each other"):
        check_zip(path, "a.zip")


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 255))
@example(at=2439, flip=2)  # a place before the file's start
def test_a_cut_or_changed_archive_never_gives_wrong_bytes(tmp_path_factory, at, flip):
    folder = tmp_path_factory.mktemp("zip")
    members = {"a.csv": b"kode;nama\n" * 40, "b.csv": bytes(range(256)) * 3}
    whole = make_zip(folder / "a.zip", members).read_bytes()
    for damaged in (whole[: at % len(whole)], _flip(whole, at % len(whole), flip)):
        (folder / "b.zip").write_bytes(damaged)
        out = folder / str(len(damaged))
        try:
            written = extract(folder / "b.zip", "b.zip", out)
        except FileError:
            continue
        # What got through was changed in a date, a name or the like.
        assert all(p.read_bytes() in members.values() for p in written)


def _flip(data: bytes, at: int, flip: int) -> bytes:
    return data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"Rar!\x1a", "RAR"),
        (b"%PDF-1.7", "PDF"),
        (b"<html>", "web page"),
        (b"PK\x03\x04abc", "end is missing"),
    ],
)
def test_what_is_no_zip_file_is_said_to_be_what_it_is(tmp_path, data, says):
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(FileError, match=says):
        check_zip(tmp_path / "a.zip", "a.zip")


def test_gzip_comes_out_as_it_was(tmp_path):
    (tmp_path / "510.csv.gz").write_bytes(gzip.compress(b"radio,mcc\n" * 1000))
    out = gunzip(tmp_path / "510.csv.gz", "510.csv.gz", tmp_path / "out")
    assert out == tmp_path / "out" / "510.csv"
    assert out.read_bytes() == b"radio,mcc\n" * 1000


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-9], lambda b: b"no gzip", lambda b: b"", lambda b: _flip(b, 40, 9)]
)
def test_a_damaged_gzip_file_leaves_nothing(tmp_path, damage):
    data = gzip.compress(bytes(i * i % 251 for i in range(5000)))
    (tmp_path / "a.csv.gz").write_bytes(damage(data))
    with pytest.raises(FileError, match=r"a\.csv\.gz"):
        gunzip(tmp_path / "a.csv.gz", "a.csv.gz", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
def test_a_gzip_bomb_is_refused(tmp_path):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb") as stream:
        for _ in range(80):
            stream.write(bytes(1 << 20))
    (tmp_path / "a.csv.gz").write_bytes(buffer.getvalue())
    with pytest.raises(FileError, match="expands"):
        gunzip(tmp_path / "a.csv.gz", "a.csv.gz", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []

"""A backup holds a region whole while it is at work, and a region made from it is the one that was packed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from in_process import merata

from merata.assure import index
from merata.backup import contents, database, manifest, pack, secrets, unpack
from merata.backup.aside import aside
from merata.errors import BusyError, FileError, InputError, MerataError, MissingError
from merata.exchange import leaves, notes
from merata.exchange.log import Log
from merata.region.change import change
from merata.region.folder import Region
from merata.region.half import MARK

PHRASE = "kuda laut makan bambu"
LEAF = {"commitment": "k-1", "state": "made", "owner": "dinas-kominfo", "village": "64.02.01.2001"}
KEY = notes.SecretKey.of("contoh.example/log", notes.LOG, b"k" * 32)
ODD = (
    "sources/Desa: daftar.csv",
    "sources/desa.CSV",
    "sources/DESA.csv",
    "sources/._x",
    "sources/lock",
    "sources/a.part",
)


def quiet(*_):
    """Told of progress, says nothing."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """No waiting for the disk, and passphrases that cost nothing to try: the tests cut no power and guess none."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(os, "fdatasync", lambda _: None)
    monkeypatch.setattr(os, "sync", lambda: None)
    monkeypatch.setitem(secrets._SCRYPT, "n", 2)


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A region with a bit of everything."""
    place = tmp_path / "region"
    Region.start(place, name="Kabupaten Contoh")
    for name in ODD:
        (place / name).write_text(f"the file {name}")
    run = place / "runs" / "0123456789"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    (place / contents.LATEST).symlink_to(run.name)
    waiting = place / ".merata" / "web" / "uploads" / "a"
    waiting.mkdir(parents=True, mode=0o700)
    (waiting / "sent.csv").write_text("sent, and not looked at yet")
    for name in contents.SECRETS:
        (place / name).write_text(f'{{"secret of": "{name}"}}')
        (place / name).chmod(0o600)
    index.save((place / "measurements").resolve(), index.Index()) if (
        place / "measurements"
    ).mkdir() else None
    with Log(place / "log").writing() as writer:
        writer.append([leaves.leaf("commitment", "2026-03-03", "64.02", LEAF)])
        writer.sign(KEY)
    with closing(sqlite3.connect(place / contents.DATABASE)) as site:
        site.execute("PRAGMA journal_mode=WAL")
        site.execute('CREATE TABLE "case" (what TEXT)')
        site.executemany('INSERT INTO "case" VALUES (?)', [("broken",), ("weak",)])
        site.commit()
    return place


def packed(region: Path, **options) -> pack.Packed:
    return pack.pack(region, region.parent / "region.zip", tell=quiet, **options)


def kept(region: Path) -> dict[str, bytes]:
    """Every file of a region that a person or the site would miss, by its path."""
    passing = {".merata/lock", "log/lock", "measurements/lock"}
    found = {path.relative_to(region).as_posix(): path for path in region.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if name not in passing and not name.startswith(contents.DATABASE)
    }


def rows(region: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(region / contents.DATABASE)) as site:
        return site.execute('SELECT what FROM "case" ORDER BY 1').fetchall()


def rewritten(file: Path, change_one) -> Path:
    """A copy of a backup in which `change_one(name, content)` says what each member holds; None: it is gone."""
    new = file.with_name("rewritten.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(new, "w") as made:
        for name in old.namelist():
            if (content := change_one(name, old.read(name))) is not None:
                made.writestr(name, content)
    return new


def test_what_is_restored_is_what_was_packed(region, tmp_path):
    key = tmp_path / "log.key"
    key.write_text("a key that signs")
    made = packed(region, keys=pack.Keys(tmp_path / "keys", PHRASE, key))
    there = tmp_path / "there"
    there.mkdir()  # an empty folder is as good as none
    opened = secrets.read(tmp_path / "keys", PHRASE)
    done = unpack.unpack(made.file, there, keys=opened, tell=quiet)
    assert kept(there) == kept(region)
    assert rows(there) == rows(region) == [("broken",), ("weak",)]
    assert os.readlink(there / contents.LATEST) == "0123456789"
    assert (there / ".merata/web/uploads/a").stat().st_mode & 0o777 == 0o700
    assert {(there / name).stat().st_mode & 0o777 for name in contents.SECRETS} == {0o600}
    assert opened[secrets.LOG_KEY] == b"a key that signs"
    assert (done.log_entries, Log(there / "log").checkpoint()) == (1, Log(region / "log").checkpoint())
    assert Region(there).settings.region.name == "Kabupaten Contoh"
    assert not list(tmp_path.glob(".*"))


def test_the_backup_is_its_owners_and_any_program_can_take_files_out_of_it(region):
    made = packed(region)
    assert made.file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(made.file) as archive:
        assert archive.read("region.toml") == (region / "region.toml").read_bytes()
        assert not [
            name for name in archive.namelist() if name.startswith(("/", ".")) or ":" in name or ".." in name
        ]


def test_keys_are_nowhere_in_a_backup(region):
    with zipfile.ZipFile(packed(region).file) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    for name in contents.SECRETS:
        assert (region / name).read_bytes() not in inside


def test_what_the_site_writes_meanwhile_is_in_it_whole_or_not_at_all(region, tmp_path):
    """The site is in the middle of writing, has the journal open, and goes on as soon as the copy is made."""
    with closing(sqlite3.connect(region / contents.DATABASE)) as site:
        site.execute('INSERT INTO "case" VALUES (?)', ("kept before",))
        site.commit()
        site.execute('INSERT INTO "case" VALUES (?)', ("never committed",))
        made = packed(region)
        site.commit()
    unpack.unpack(made.file, tmp_path / "there", keys=None, tell=quiet)
    assert rows(tmp_path / "there") == [("broken",), ("kept before",), ("weak",)]


def test_the_site_may_have_more_files_than_its_database_speaks_of_but_not_fewer(region, monkeypatch):
    """The database is copied first, so that what it speaks of is there when files are copied."""
    order, real = [], pack._Packing._file
    monkeypatch.setattr(
        pack._Packing, "_file", lambda self, name, *rest: (order.append(name), real(self, name, *rest))
    )
    packed(region)
    assert order[0] == contents.DATABASE


def test_a_file_that_goes_or_grows_meanwhile_does_no_harm(region, monkeypatch, tmp_path):
    listed = contents._below
    grown = region / "runs" / "0123456789" / "run.json"

    def and_one_more(place, folder):
        yield from listed(place, folder)
        if folder == "runs":
            yield "runs/gone.json"

    monkeypatch.setattr(contents, "_below", and_one_more)
    real = os.fstat

    def fstat(descriptor):
        state = real(descriptor)
        if os.readlink(f"/proc/self/fd/{descriptor}") == str(grown):
            with grown.open("a") as more:
                more.write("added after it was opened")
        return state

    monkeypatch.setattr(os, "fstat", fstat)
    made = packed(region)
    assert "runs/gone.json" not in made.manifest.files
    assert made.manifest.files["runs/0123456789/run.json"].bytes == 2
    assert unpack.check(made.file, "it", quiet).files == made.manifest.files


def test_somebody_changing_the_region_is_waited_for(region, monkeypatch):
    monkeypatch.setattr(contents, "WAIT_S", 0.0)
    with change(region), pytest.raises(BusyError, match="another merata command is at work"):
        packed(region)
    assert not list(region.parent.glob("*.zip")) + list(region.parent.glob(".*"))


def test_links_are_named_and_folders_that_are_links_are_followed(region, tmp_path):
    elsewhere = tmp_path / "big disk"
    shutil.move(region / "measurements", elsewhere)
    (region / "measurements").symlink_to(elsewhere)
    (elsewhere / "points.csv").write_text("point\n")
    (region / "sources" / "link.csv").symlink_to("/etc/hostname")
    made = packed(region)
    assert made.manifest.left_out == ("sources/link.csv",)
    unpack.unpack(made.file, tmp_path / "there", keys=None, tell=quiet)
    assert (tmp_path / "there/measurements/points.csv").read_text() == "point\n"
    assert not (tmp_path / "there/sources/link.csv").exists()


def test_nothing_is_written_over(region, tmp_path):
    made = packed(region)
    with pytest.raises(FileError, match="not written over"):
        packed(region)
    with pytest.raises(FileError, match="lies in the region itself"):
        pack.pack(region, region / "inside.zip", tell=quiet)
    with pytest.raises(MissingError, match="no such folder"):
        pack.pack(region, tmp_path / "nowhere" / "x.zip", tell=quiet)
    before = kept(region)
    with pytest.raises(MerataError, match="not empty"):
        unpack.unpack(made.file, region, keys=None, tell=quiet)
    assert kept(region) == before


def test_a_byte_that_changed_is_noticed_or_changes_nothing(region, tmp_path):
    """A few bytes of an archive mean nothing, such as the times of its members; all others are noticed."""
    made = packed(region)
    whole, noticed = made.file.read_bytes(), 0
    for at in range(7, len(whole), len(whole) // 60):
        made.file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        try:
            assert unpack.check(made.file, "it", quiet) == made.manifest
        except FileError:
            noticed += 1
    assert noticed > 20
    at = whole.index(b"PK\x01\x02") - 2000
    made.file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
    with pytest.raises(FileError):
        unpack.unpack(made.file, tmp_path / "there", keys=None, tell=quiet)
    assert not (tmp_path / "there").exists()
    assert not list(tmp_path.glob(".there*"))


def test_a_backup_that_was_cut_off_is_noticed(region):
    made = packed(region)
    made.file.write_bytes(made.file.read_bytes()[:-200])
    with pytest.raises(FileError, match="no whole backup"):
        unpack.check(made.file, "it", quiet)


def with_manifest(file: Path, alter) -> Path:
    def one(name, content):
        if name != manifest.NAME:
            return content
        said = json.loads(content)
        alter(said)
        return json.dumps(said)

    return rewritten(file, one)


def outside(said, path):
    said["files"][path] = said["files"].pop("region.toml")


ATTACKS = {
    "climbs out": lambda said: outside(said, "../../etc/cron.d/x"),
    "from the root": lambda said: outside(said, "/etc/cron.d/x"),
    "a run elsewhere": lambda said: said.update(newest_run="../.."),
    "a secret elsewhere": lambda said: said.update(secrets={"../.ssh/authorized_keys": "0" * 64}),
    "another hash": lambda said: said["files"]["region.toml"].update(sha256="0" * 64),
    "a file that is not there": lambda said: said["files"].update(
        x={**said["files"]["region.toml"], "member": "x"}
    ),
    "more rows": lambda said: said["rows"].update(case=3),
    "a newer form": lambda said: said.update(form=2),
    "no form": lambda said: said.pop("form"),
    "a mode with more than permissions": lambda said: said["files"]["region.toml"].update(mode=0o4755),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_manifest_that_lies_is_refused_and_leaves_nothing(region, tmp_path, attack):
    lying = with_manifest(packed(region).file, ATTACKS[attack])
    with pytest.raises(FileError):
        unpack.unpack(lying, tmp_path / "there", keys={"../.ssh/authorized_keys": b""}, tell=quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["region", "region.zip", "rewritten.zip"]


def test_an_archive_with_a_link_or_with_more_than_it_says_is_refused(region, tmp_path):
    made = packed(region)
    link = zipfile.ZipInfo("runs/link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(made.file, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(FileError, match="does not speak of"):
        unpack.unpack(made.file, tmp_path / "there", keys=None, tell=quiet)
    plain = zipfile.ZipFile(tmp_path / "plain.zip", "w")
    plain.writestr("hello.txt", "hello")
    plain.close()
    with pytest.raises(FileError, match="is no backup"):
        unpack.unpack(tmp_path / "plain.zip", tmp_path / "there", keys=None, tell=quiet)


def test_what_was_cut_off_in_the_middle_is_marked_and_no_command_works_in_it(region, tmp_path, monkeypatch):
    """As if the power failed when all is there but the last step: the folder aside stays, and says what it is."""
    made, there = packed(region), tmp_path / "there"
    monkeypatch.setattr("merata.backup.aside._clear", quiet)
    monkeypatch.setattr(Path, "rmdir", quiet)
    monkeypatch.setattr(os, "sync", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        unpack.unpack(made.file, there, keys=None, tell=quiet)
    half = tmp_path / ".there.restoring" / "region"
    assert (half / MARK).exists()
    assert not there.exists()
    for command in (
        ["serve"],
        ["run"],
        ["score"],
        ["check"],
        ["receive"],
        ["backup", tmp_path / "again.zip"],
    ):
        words = [command[0], half, *command[1:]]
        assert "only half restored" in merata(*words, code=5).stderr, words
    monkeypatch.undo()
    unpack.unpack(made.file, there, keys=None, tell=quiet)
    assert not half.exists()
    assert rows(there) == rows(region)


def test_two_at_once_do_not_meet(region, tmp_path):
    made = packed(region)
    with aside(tmp_path / "there", "restoring"), pytest.raises(BusyError, match="at work there"):
        unpack.unpack(made.file, tmp_path / "there", keys=None, tell=quiet)
    with aside(tmp_path / "b.zip", "packing"), pytest.raises(BusyError, match="at work there"):
        pack.pack(region, tmp_path / "b.zip", tell=quiet)


def test_keys_open_by_their_passphrase_only_and_belong_to_one_backup(region, tmp_path):
    made = packed(region, keys=pack.Keys(tmp_path / "keys", PHRASE))
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileError, match="does not open it"):
        secrets.read(tmp_path / "keys", PHRASE + "!")
    with pytest.raises(InputError, match="too short"):
        secrets.write(tmp_path / "other", {}, "short")
    opened = {**secrets.read(tmp_path / "keys", PHRASE), contents.SITE_KEY: b"another site's"}
    with pytest.raises(FileError, match="not those of this backup"):
        unpack.unpack(made.file, tmp_path / "there", keys=opened, tell=quiet)


def test_a_damaged_database_is_not_packed_as_if_it_were_whole(region):
    path = region / contents.DATABASE
    with closing(sqlite3.connect(path)) as site:
        site.executemany('INSERT INTO "case" VALUES (?)', [("x" * 900,)] * 200)
        site.commit()
        site.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[4096 * 3 : 4096 * 5] = bytes(4096 * 2)
    path.write_bytes(data)
    with pytest.raises(FileError, match="database is damaged"):
        packed(region)


def test_the_commands_say_what_they_did(region, tmp_path):
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE + "\n")
    file, keys = tmp_path / "b.zip", tmp_path / "keys"
    said = json.loads(merata("backup", region, file, "--keys", keys, "--passphrase", phrase, "--json").stdout)
    assert (said["rows"], said["secrets"]) == ({"case": 2}, sorted(contents.SECRETS))
    assert "whole. Kabupaten Contoh" in merata("restore", file).stdout
    assert "belongs with keys" in merata("restore", file, tmp_path / "there", code=5).stderr
    shown = merata("restore", file, tmp_path / "there", "--keys", keys, "--passphrase", phrase).stdout
    assert "2 rows of 1 tables, all compared" in shown
    assert "Next: merata serve" in shown
    assert "Without the keys" in merata("restore", file, tmp_path / "two", "--without-keys").stdout


def test_a_backup_without_keys_says_that_it_has_none(region, tmp_path):
    shown = merata("backup", region, tmp_path / "b.zip").stdout
    assert "The keys are not in it: .merata/web/secret-key, log-salts.json" in shown
    assert "is not the address" in "".join(merata_with_address(region, tmp_path / "c.zip"))


def merata_with_address(region, file):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MERATA_DATABASE", "mysql://x")
        return merata("backup", region, file, code=4)


def test_postgres_is_asked_for_where_the_backup_needs_it(region, tmp_path):
    made = with_manifest(packed(region).file, lambda said: said.update(database="postgresql"))
    with pytest.raises(MissingError, match="set MERATA_DATABASE"):
        unpack.unpack(made, tmp_path / "there", keys=None, tell=quiet)
    with pytest.raises(MerataError, match="without MERATA_DATABASE"):
        unpack.unpack(
            region.parent / "region.zip", tmp_path / "there", keys=None, postgres={"dbname": "x"}, tell=quiet
        )


def test_hashes_are_of_what_the_files_hold(region):
    made = packed(region)
    held = made.manifest.files["region.toml"]
    assert held.sha256 == hashlib.sha256((region / "region.toml").read_bytes()).hexdigest()
    assert database.rows_of_sqlite(region / contents.DATABASE, "it") == made.manifest.rows

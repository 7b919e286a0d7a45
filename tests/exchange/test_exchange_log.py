"""The log: what was acknowledged stays, whatever happens; what was changed is found, however it was done."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pymerkle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logs import KEY, add, made, some

from merata.errors import BusyError, FileError, InputError, MerataError
from merata.exchange import checkpoints, notes, proofs, tiles, verify
from merata.exchange.log import Log
from merata.exchange.policy import Policy
from merata.exchange.reader import Reader
from merata.exchange.source import Folder
from merata.exchange.tree import ProofError

TRUSTED = Policy.of(KEY.public)


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A log over three levels of tiles' edges, signed at 3, 256, 300, 700 entries."""
    return made(tmp_path_factory.mktemp("grown") / "log", 3, 253, 44, 400)


def test_the_files_are_where_tlog_tiles_says():
    assert tiles.path(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.path("entries", 5, 17) == "tile/entries/005.p/17"
    # The specification's own example: a tree of 70,000.
    assert tiles.widths(70_000) == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert tiles.widths(256) == [(0, 0, 256), (1, 0, 1)]


@pytest.mark.slow
@settings(max_examples=8)
@given(st.lists(st.sampled_from([1, 2, 3, 100, 255, 256, 257, 513]), min_size=1, max_size=5))
def test_any_way_of_appending_gives_the_tree_of_an_independent_implementation(tmp_path_factory, counts):
    folder = tmp_path_factory.mktemp("any") / "log"
    log, other, number = Log(folder), pymerkle.InmemoryTree(algorithm="sha256"), 0
    for count in counts:
        entries = [b"%d" % (number + i) for i in range(count)]
        with log.writing() as writer:
            assert writer.append(entries) == number
        number += count
        for entry in entries:
            other.append_entry(entry)
    reader = log.reader()
    reader.audit()
    assert log.head() == (number, other.get_root())
    for index in {0, number // 2, number - 1}:
        assert reader.entry(index) == b"%d" % index
        assert reader.inclusion(index) == other.prove_inclusion(index + 1).path[1:]
        assert reader.root(index + 1) == other.get_root(index + 1)
    shutil.rmtree(folder)


def test_every_signed_size_can_still_be_read_as_it_was(grown):
    for size in (3, 256, 300, 700):
        signed = checkpoints.parse((grown.folder / "checkpoints" / str(size)).read_bytes())
        reader = Reader(grown.source, size)
        reader.audit()
        assert signed.size == size
        assert reader.root() == signed.root
        proofs.prove(reader, size - 1, signed).check()
        proofs.growth(grown.reader(), size, grown.checkpoint()).check(signed)


def test_proofs_survive_being_written_down(grown):
    reader, signed = grown.reader(), grown.checkpoint()
    for made_ in (proofs.prove(reader, 299, signed), proofs.growth(reader, 256, signed), signed):
        text = str(made_.note if isinstance(made_, checkpoints.Checkpoint) else made_)
        assert proofs.parse(text.encode()) == made_
    shown = verify.data(str(proofs.prove(reader, 299, signed)).encode(), TRUSTED)
    assert (shown.what, shown.index, shown.leaf["content"]["commitment"]) == ("entry", 299, "k-299")


def test_a_proof_without_its_entry_wants_it(grown):
    proof = proofs.prove(grown.reader(), 5, grown.checkpoint())
    bare = str(proofs.Proof(5, proof.hashes, proof.checkpoint, None)).encode()
    with pytest.raises(FileError, match="--leaf"):
        verify.data(bare, TRUSTED)
    assert verify.data(bare, TRUSTED, entry=proof.entry).leaf["kind"] == "commitment"
    with pytest.raises(ProofError):
        verify.data(bare, TRUSTED, entry=some(1, 6)[0])


def test_one_writes_and_others_wait_and_read(tmp_path):
    log = made(tmp_path / "log", 10)
    with log.writing() as writer:
        with pytest.raises(BusyError, match="somebody else writes"), Log(log.folder).writing(wait_s=0.05):
            pass
        assert Log(log.folder).reader().root() == log.checkpoint().root
        writer.append(some(1, 10))
    assert Log(log.folder).head()[0] == 11


@pytest.mark.slow
def test_two_at_once_lose_nothing(tmp_path):
    code = (
        "import sys\nfrom pathlib import Path\nfrom merata.exchange.log import Log\n"
        "for i in range(15):\n with Log(Path(sys.argv[1])).writing(60) as w:\n"
        "  w.append([f'{sys.argv[2]}-{i}'.encode()])\n"
    )
    folder = tmp_path / "log"
    running = [subprocess.Popen([sys.executable, "-c", code, folder, name]) for name in "ab"]
    assert [each.wait(60) for each in running] == [0, 0]
    reader = Log(folder).reader()
    reader.audit()
    entries = [reader.entry(index) for index in range(reader.size)]
    assert sorted(entries) == sorted(f"{name}-{i}".encode() for name in "ab" for i in range(15))


@pytest.mark.slow
def test_killed_at_any_instant_what_was_acknowledged_is_there(tmp_path):
    dice, sure = random.Random(7), 0
    for batch in (1, 40, 300):
        command = [
            sys.executable,
            Path(__file__).with_name("appending.py"),
            tmp_path / "log",
            str(batch),
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            first = running.stdout.readline()
            time.sleep(dice.random() * 0.15)
            running.send_signal(signal.SIGKILL)
            said = [int(line) for line in (first + running.stdout.read()).split("\n")[:-1] if line]
        sure = max([sure, *said])
        reader = Log(tmp_path / "log").reader()
        assert reader.size >= sure
        reader.audit()
        assert all(reader.entry(i) == b"entry %d" % i for i in range(reader.size))
    with Log(tmp_path / "log").writing() as writer:
        assert writer.size == reader.size


def test_a_torn_tail_is_written_over(tmp_path, monkeypatch):
    log = made(tmp_path / "log", 250)
    monkeypatch.setattr("merata.exchange.log._write_head", lambda *_: 1 / 0)
    with log.writing() as writer, pytest.raises(ZeroDivisionError):
        writer.append([b"torn"] * 30)
    with pytest.raises(FileError, match="Open the log again"):
        writer.append([b"more"])
    monkeypatch.undo()
    assert log.head()[0] == 250
    add(log, 20)
    log.reader().audit()
    assert verify.log(log.source, TRUSTED).size == 270


def test_a_full_disk_adds_nothing(tmp_path, monkeypatch):
    log = made(tmp_path / "log", 5)
    monkeypatch.setattr(
        "merata.exchange.written.os.fdatasync", lambda _: (_ for _ in ()).throw(OSError(28, "full"))
    )
    with log.writing() as writer, pytest.raises(OSError, match="full"):
        writer.append(some(3, 5))
    monkeypatch.undo()
    with log.writing() as writer:
        assert writer.append(some(3, 5)) == 5


def test_all_is_on_disk_before_the_head_counts_it(tmp_path, monkeypatch):
    """The order of what the system is told: contents, names, folders, then the head, and its folder."""
    done = []
    of = lambda descriptor: os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: E731
    rename = Path.rename
    with Log(tmp_path / "log").writing() as writer:
        monkeypatch.setattr(os, "fdatasync", lambda descriptor: done.append(("content", of(descriptor))))
        monkeypatch.setattr(os, "fsync", lambda descriptor: done.append(("folder", of(descriptor))))
        monkeypatch.setattr(
            Path, "rename", lambda path, to: done.append(("name", str(to))) or rename(path, to)
        )
        writer.append(some(300))
    monkeypatch.undo()
    root = tmp_path / "log"
    head = done.index(("name", str(root / "head")))
    files = [
        root / "tile" / each
        for each in ("0/000", "0/001.p/44", "1/000.p/1", "entries/000", "entries/001.p/44")
    ]
    assert {name for what, name in done[:head] if what == "name"} == {str(each) for each in files}
    for file in files:
        content, name = done.index(("content", f"{file}.new")), done.index(("name", str(file)))
        last = max(at for at, event in enumerate(done[:head]) if event == ("folder", str(file.parent)))
        assert content < name < last < head
        # Folders that were made for it, too.
        made_ = [each for each in file.parents if root in each.parents or each == root]
        assert all(("folder", str(each)) in done[:head] for each in made_)
    assert done.index(("content", str(root / "head.new"))) < head
    assert ("folder", str(root)) in done[head:]


def test_an_entry_too_long_keeps_all_out(tmp_path):
    with Log(tmp_path / "log").writing() as writer:
        with pytest.raises(InputError, match="65535"):
            writer.append([b"a", b"b" * 65_536])
        assert writer.append([b"b" * 65_535]) == 0


def test_a_key_of_another_name_does_not_sign(grown):
    with grown.writing() as writer, pytest.raises(InputError, match="is the log contoh"):
        writer.sign(notes.SecretKey.made("other.example/log", notes.LOG))


# Rewriting history


def rewritten(folder, change):
    """A new log whose entries are those of another, after a change; signed by the region's own key."""
    entries = some(700)
    change(entries)
    log = Log(folder)
    with log.writing() as writer:
        writer.append(entries)
        writer.sign(KEY)
    return log


def swap(entries):
    entries[100], entries[101] = entries[101], entries[100]


REWRITES = {
    "an entry changed": lambda entries: entries.__setitem__(50, some(1, 9000)[0]),
    "an entry taken out": lambda entries: entries.pop(50),
    "an entry put in": lambda entries: entries.insert(50, some(1, 9000)[0]),
    "two changed places": swap,
    "the end cut off": lambda entries: entries.__delitem__(slice(250, None)),
    "one entry twice": lambda entries: entries.insert(10, entries[10]),
    "begun anew": lambda entries: entries.__delitem__(slice(0, 600)),
}


@pytest.mark.parametrize("how", REWRITES)
def test_history_rewritten_with_the_own_key_does_not_continue_what_others_hold(how, tmp_path, grown):
    held = checkpoints.parse((grown.folder / "checkpoints" / "300").read_bytes())
    log = rewritten(tmp_path / "log", REWRITES[how])
    with pytest.raises(MerataError):
        verify.log(log.source, TRUSTED, old=held)
    signed = log.checkpoint()
    if signed.size >= 300:
        for growth in (
            proofs.growth(log.reader(), 300, signed),
            proofs.growth(grown.reader(), 300, grown.checkpoint()),
        ):
            with pytest.raises(ProofError):
                proofs.Growth(300, growth.hashes, signed).check(held)


@pytest.mark.slow
def test_every_byte_of_every_file_matters(tmp_path, grown):
    """Change, cut or take away each file in turn: the check of the log, or the next writer, finds it."""
    names = sorted(str(p.relative_to(grown.folder)) for p in grown.folder.rglob("*") if p.is_file())
    needed = {f"tile/{level}/{each}" for level in ("0", "entries") for each in ("000", "001", "002.p/188")}
    needed |= {"tile/1/000.p/2", "checkpoint"}
    assert needed <= set(names)
    dice = random.Random(3)
    copy = tmp_path / "log"
    shutil.copytree(grown.folder, copy)
    for name in sorted(needed):
        path = copy / name
        whole = path.read_bytes()
        places = dice.sample(range(len(whole)), min(12, len(whole)))
        damaged = [
            whole[:at] + bytes([whole[at] ^ (1 << dice.randrange(8))]) + whole[at + 1 :] for at in places
        ]
        for data in [*damaged, whole[:-1], whole[1:], b"", None]:
            path.unlink()
            if data is not None:
                path.write_bytes(data)
            with pytest.raises(MerataError):
                verify.log(Folder(copy), TRUSTED)
            path.write_bytes(whole)
    assert verify.log(Folder(copy), TRUSTED).size == 700


def test_files_exchanged_with_those_of_another_log_are_found(tmp_path, grown):
    other = rewritten(tmp_path / "other", swap)
    for name in ("tile/0/000", "tile/entries/000", "tile/1/000.p/2", "checkpoint"):
        copy = tmp_path / name.replace("/", "-")
        shutil.copytree(grown.folder, copy)
        shutil.copy(other.folder / name, copy / name)
        with pytest.raises(ProofError):
            verify.log(Folder(copy), TRUSTED)
    # Entries and hashes alike: all that the checkpoint does not cover is gone, and it says so.
    shutil.copytree(other.folder / "tile", tmp_path / "all" / "tile")
    shutil.copy(grown.folder / "checkpoint", tmp_path / "all")
    with pytest.raises(ProofError, match="history was rewritten"):
        verify.log(Folder(tmp_path / "all"), TRUSTED)


def test_nothing_is_added_to_or_signed_over_a_log_that_was_changed(tmp_path, grown):
    def copied(name, change):
        folder = tmp_path / name
        shutil.copytree(grown.folder, folder)
        change(folder)
        return Log(folder)

    def set_back(folder):
        root = notes.b64(Reader(Folder(folder), 300).root())
        (folder / "head").write_text(f"300 {root}\n")

    for name, change in {
        "set back": set_back,
        "no head": lambda folder: (folder / "head").unlink(),
        "bad head": lambda folder: (folder / "head").write_text("700\n"),
        "edge": lambda folder: (folder / "tile/0/002.p/188").write_bytes(bytes(188 * 32)),
        "other": lambda folder: shutil.copytree(
            rewritten(tmp_path / "o", swap).folder / "tile", folder / "tile", dirs_exist_ok=True
        ),
    }.items():
        with pytest.raises(FileError), copied(name, change).writing() as writer:
            writer.append(some(1))
    changed = copied("entry", lambda folder: None)
    with changed.writing() as writer:
        writer.append(some(30, 700))
    path = changed.folder / "tile/entries/002.p/218"
    path.write_bytes(path.read_bytes().replace(b"k-705", b"k-999"))
    with changed.writing() as writer, pytest.raises(ProofError, match="entry 705"):
        writer.sign(KEY)

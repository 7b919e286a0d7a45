"""The log of a region: entries are added at its end, on disk before anybody is told, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from merata.errors import FileError, InputError, MissingError
from merata.exchange import checkpoints, notes, tiles, tree, written
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.notes import PublicKey, SecretKey, Signature
from merata.exchange.reader import Reader
from merata.exchange.source import Folder
from merata.exchange.tiles import ENTRIES, HEIGHT, WIDTH
from merata.exchange.tree import ProofError

#: The folder of a log in that of its region. All of it may be served to everybody.
FOLDER = "log"
HEAD, CHECKPOINT, CHECKPOINTS, LOCK = "head", "checkpoint", "checkpoints", "lock"


class Log:
    """A log in a folder: tiles and bundles (C2SP tlog-tiles), `head` (what is sure), `checkpoint` (what is signed).

    An entry is in the log once `head` counts it. What lies in the files beyond that was being written when the
    power failed; it is written over.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = Folder(folder)

    def head(self) -> tuple[int, bytes]:
        """How many entries are in the log for sure, and the root over them.

        Raises
        ------
        FileError
            `head` is damaged, or gone where entries are.
        """
        if (data := self.source.get(HEAD)) is None:
            if self.source.get(CHECKPOINT) is not None or (self.folder / "tile").exists():
                raise FileError(
                    f"{self.folder / HEAD}: missing. Take the folder from a copy; nothing is added to what has no end."
                )
            return 0, tree.EMPTY
        try:
            size, root = data.decode("ascii").removesuffix("\n").split(" ")
            return checkpoints.number(size), checkpoints.hash_of(root)
        except ValueError:
            raise FileError(
                f"{self.folder / HEAD}: expected a number and a hash. Take it from a copy."
            ) from None

    def reader(self) -> Reader:
        """All that is in the log now, to be read."""
        return Reader(self.source, self.head()[0])

    def checkpoint(self) -> Checkpoint | None:
        """The newest checkpoint; None: nothing was signed yet.

        Raises
        ------
        FileError
            It is damaged.
        """
        data = self.source.get(CHECKPOINT)
        return None if data is None else checkpoints.parse(data)

    @contextmanager
    def writing(self, wait_s: float | None = None) -> Iterator[Writer]:
        """The one writer of this log, as long as the block lasts.

        Raises
        ------
        BusyError
            Another writes, and did not end in time.
        ProofError
            The end of the log is not what was written: nothing is added to it.
        """
        with written.alone(self.folder / LOCK, str(self.folder), wait_s):
            yield Writer(self)


class Writer:
    """Adds to a log, and signs it; made by `Log.writing`."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.size, root = log.head()
        self._sure = True
        if not self.size:
            _write_head(log.folder, 0, tree.EMPTY)
        reader = log.reader()
        ends = tiles.widths(self.size)
        #: Hashes of the last tile of each level that is not full yet, and the entries of the last bundle.
        self._edge = [reader.tile(level, index) if width < WIDTH else [] for level, index, width in ends]
        self._bundle = reader.bundle(self.size // WIDTH) if self.size % WIDTH else []
        if reader.root() != root:
            raise ProofError(
                f"{log.folder}: the last hashes are not those that were written. Take it from a copy."
            )
        self._continues(reader)

    def append(self, entries: Sequence[bytes]) -> int:
        """Add entries; when this returns, they outlast a power cut. The number of the first one.

        Raises
        ------
        InputError
            One is too long; none was added.
        OSError
            The disk is full, say; none was added.
        """
        if not self._sure:
            raise FileError(f"{self.log.folder}: the disk failed. Open the log again, and see what is there.")
        first, edge = self.size, [list(row) for row in self._edge]
        files = _grown(first, edge, self._bundle, entries)
        size = first + len(entries)
        if size == first:
            return first
        written.together({self.log.folder / path: data for path, data in files.items()})
        # Should this fail, nobody knows what stands there: only who reads it anew may go on.
        self._sure = False
        _write_head(self.log.folder, size, tree.root(size, _Edge(edge).node))
        self._sure = True
        self._bundle = _last_bundle(size, self._bundle, entries)
        self.size, self._edge = size, edge
        self._tidy(first)
        return first

    def sign(self, key: SecretKey) -> Checkpoint:
        """Sign what is in the log now, after checking that it is what was put in since the last checkpoint.

        Raises
        ------
        ProofError
            The log does not continue its last checkpoint, or entries were changed.
        InputError
            The key has another name than the log.
        """
        reader = self.log.reader()
        before = self.log.checkpoint()
        if before and before.origin != key.public.name:
            raise InputError(
                f"{self.log.folder}: is the log {before.origin}, and this is a key of {key.public.name}."
            )
        reader.audit(before.size if before else 0)
        made = checkpoints.signed(key, self.size, reader.root())
        if before and before.size == made.size:
            made = made._replace(note=before.note.with_signatures(made.note.signatures))
        self._keep(made)
        return made

    def cosigned(self, signatures: Sequence[Signature], known: Iterable[PublicKey] = ()) -> Checkpoint:
        """Put cosignatures of witnesses into the newest checkpoint.

        Parameters
        ----------
        signatures
            What they handed back.
        known
            Keys of witnesses: what one of these signed is checked first. The others' are kept as they come.

        Raises
        ------
        MissingError
            There is no checkpoint.
        ProofError
            One by a known witness is not of this checkpoint; none is kept then.
        """
        before = self.log.checkpoint()
        if before is None:
            raise MissingError(f"{self.log.folder}: has no checkpoint yet.")
        made = before._replace(note=before.note.with_signatures(signatures))
        made.note.by(known)
        self._keep(made)
        return made

    def _keep(self, made: Checkpoint) -> None:
        data = str(made.note).encode()
        written.settle(self.log.folder / CHECKPOINTS / str(made.size), data)
        written.settle(self.log.folder / CHECKPOINT, data)

    def _continues(self, reader: Reader) -> None:
        before = self.log.checkpoint()
        if before and before.size > self.size:
            raise ProofError(
                f"{self.log.folder}: has {self.size} entries, but {before.size} were signed. Take it from a copy."
            )
        if before and reader.root(before.size) != before.root:
            raise ProofError(
                f"{self.log.folder}: does not continue its last checkpoint. Take it from a copy."
            )

    def _tidy(self, before: int) -> None:
        """Take away the partial files of the size before, but those that the newest checkpoint needs."""
        signed = self.log.checkpoint()
        kept = _partial(self.size) | (_partial(signed.size) if signed else set())
        for path in _partial(before) - kept:
            (self.log.folder / path).unlink(missing_ok=True)


class _Edge:
    """The right edge of a tree, by which its root is known without reading anything."""

    def __init__(self, rows: list[list[bytes]]) -> None:
        self.rows = rows

    def node(self, height: int, index: int) -> bytes:
        """Hash of a subtree that lies in the last, unfinished tile of its level."""
        level, above = divmod(height, HEIGHT)
        return tiles.subtree(self.rows[level], above, (index << above) % WIDTH >> above)


def _write_head(folder: Path, size: int, root: bytes) -> None:
    written.settle(folder / HEAD, f"{size} {notes.b64(root)}\n".encode())


def _last_bundle(size: int, kept: Sequence[bytes], new: Sequence[bytes]) -> list[bytes]:
    row = [*kept, *new]
    return row[len(row) - size % WIDTH :]


def _grown(
    size: int, edge: list[list[bytes]], bundle: list[bytes], entries: Sequence[bytes]
) -> dict[str, bytes]:
    """The files that change where entries come after the first `size`; `edge` becomes that of the longer log."""
    files = {
        tiles.path(ENTRIES, index, len(part)): tiles.bundle(part)
        for index, part in _parts(size, bundle, entries)
    }
    row = [tree.leaf_hash(entry) for entry in entries]
    level = 0
    while row:
        if level == len(edge):
            edge.append([])
        parts = _parts(size >> (HEIGHT * level), edge[level], row)
        files |= {tiles.path(level, index, len(part)): b"".join(part) for index, part in parts}
        row = [tree.fold(part) for _, part in parts if len(part) == WIDTH]
        last = parts[-1][1]
        edge[level] = list(last) if len(last) < WIDTH else []
        level += 1
    return files


def _parts(count: int, kept: Sequence[bytes], new: Sequence[bytes]) -> list[tuple[int, Sequence[bytes]]]:
    """New rows after `count`, of which the last tile has `kept`, by number of the tile."""
    row = [*kept, *new]
    return [(count // WIDTH + i // WIDTH, row[i : i + WIDTH]) for i in range(0, len(row), WIDTH)]


def _partial(size: int) -> set[str]:
    """Paths of the partial tiles and the partial bundle of a log of this size."""
    ends = [(level, index, width) for level, index, width in tiles.widths(size) if width < WIDTH]
    paths = {tiles.path(*end) for end in ends}
    return paths | {tiles.path(ENTRIES, index, width) for level, index, width in ends if level == 0}

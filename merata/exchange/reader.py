"""A log as it is read: entries, roots and proofs at a size, from its tiles; and the check of every byte of it."""

from __future__ import annotations

from collections import OrderedDict

from merata.errors import InputError
from merata.exchange import tiles, tree
from merata.exchange.source import Source
from merata.exchange.tiles import ENTRIES, HEIGHT, WIDTH
from merata.exchange.tree import ProofError

_KEPT_TILES = 64


class Reader:
    """The first `size` entries of a log. Nothing it says is checked but by `audit` or against a checkpoint.

    Parameters
    ----------
    source
        Where its files are.
    size
        How many entries, as a checkpoint says.
    """

    def __init__(self, source: Source, size: int) -> None:
        self.source, self.size = source, size
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def tile(self, level: int, index: int) -> list[bytes]:
        """Hashes of a tile, as many as it has at this size.

        Raises
        ------
        ProofError
            It is missing, or cut off.
        """
        if (found := self._tiles.get((level, index))) is None:
            width = self._width(level, index)
            found = tiles.hashes(self._bytes(level, index, width), width)
            self._tiles[level, index] = found
            if len(self._tiles) > _KEPT_TILES:
                self._tiles.popitem(last=False)
        return found

    def bundle(self, index: int) -> list[bytes]:
        """Entries of a bundle, as many as it has at this size.

        Raises
        ------
        ProofError
            It is missing, or cut off.
        """
        width = self._width(0, index)
        return tiles.entries(self._bytes(ENTRIES, index, width), width)

    def entry(self, index: int) -> bytes:
        """One entry.

        Raises
        ------
        InputError
            There is none of that number.
        ProofError
            Its file is damaged.
        """
        self._there(index)
        return self.bundle(index // WIDTH)[index % WIDTH]

    def node(self, height: int, index: int) -> bytes:
        """Hash of the `index`-th whole subtree of 2^height leaves."""
        level, above = divmod(height, HEIGHT)
        number, place = divmod(index << above, WIDTH)
        return tiles.subtree(self.tile(level, number), above, place >> above)

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves; of all when left out."""
        return tree.root(self.size if size is None else size, self.node)

    def inclusion(self, index: int) -> list[bytes]:
        """Audit path of an entry.

        Raises
        ------
        InputError
            There is none of that number.
        """
        self._there(index)
        return tree.inclusion(index, self.size, self.node)

    def consistency(self, old: int) -> list[bytes]:
        """Proof that this log continues its first `old` entries.

        Raises
        ------
        InputError
            It has fewer.
        """
        if not 0 <= old <= self.size:
            raise InputError(
                f"{self.source}: has {self.size} entries, so that none can be shown since {old}."
            )
        return tree.consistency(old, self.size, self.node)

    def audit(self, since: int = 0) -> None:
        """Check that entries from `since` on are those that were hashed, and all hashes above them.

        Raises
        ------
        ProofError
            Something was changed; it says what.
        """
        begin = since // WIDTH
        row = [self._folded(index) for index in range(begin, -(-self.size // WIDTH))]
        row = row[: (self.size // WIDTH) - begin]
        level = 1
        while self.size >> (HEIGHT * level):
            begin, row = self._above(level, begin, row)
            level += 1

    def _folded(self, index: int) -> bytes:
        made = [tree.leaf_hash(entry) for entry in self.bundle(index)]
        kept = self.tile(0, index)
        if made != kept:
            wrong = next(i for i, (a, b) in enumerate(zip(made, kept, strict=True)) if a != b)
            raise ProofError(
                f"{self.source}: entry {index * WIDTH + wrong} is not the one that was put into the log."
            )
        return tree.fold(made) if len(made) == WIDTH else b""

    def _above(self, level: int, begin: int, row: list[bytes]) -> tuple[int, list[bytes]]:
        """Compare a row of hashes, the first of which is number `begin` of its level; those of the next level."""
        first = begin // WIDTH
        kept = [each for i in range(first, -(-(begin + len(row)) // WIDTH)) for each in self.tile(level, i)]
        if kept[begin - first * WIDTH :] != row:
            raise ProofError(f"{self.source}: hashes of level {level} are not those of the level below.")
        whole = len(kept) // WIDTH
        return first, [tree.fold(kept[i * WIDTH : (i + 1) * WIDTH]) for i in range(whole)]

    def _there(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise InputError(f"{self.source}: has {self.size} entries; there is no number {index}.")

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self.size >> (HEIGHT * level)) - index * WIDTH)

    def _bytes(self, level: int | str, index: int, width: int) -> bytes:
        found = self.source.tile(level, index, width)
        if found is None:
            raise ProofError(f"{self.source}: {tiles.path(level, index, width)} is missing.")
        return found

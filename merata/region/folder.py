"""A region folder: start it, take files in, settle questions, read what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import tomlkit

from merata.errors import FileError, MerataError, MissingError
from merata.region import answers, confidence, findings, rasters, sources, store
from merata.region.change import Change, change, lock
from merata.region.damage import sound
from merata.region.findings import Finding
from merata.region.form import FORM
from merata.region.half import refuse_half
from merata.region.kinds import RASTERS
from merata.region.records import Source
from merata.region.settings import Settings, load_settings, parse_settings
from merata.region.sources import Received

if TYPE_CHECKING:
    from merata.region import build

# The readers of all kinds of file are imported by what reads: `run` and `explain` need none of them.

TOML = "region.toml"
TABLES_FILE = "region.gpkg"
FINDINGS = "findings.csv"
TERRAIN = "terrain.tif"
CLUTTER = "clutter.tif"

_START = """\
# {name}: settings of the region. Every setting, its unit and its default: docs/reference/settings.md
# A setting that is not here has its default. `merata check` says when one is wrong.

[region]
name = {quoted}
form = {form}
"""


@dataclass
class Added:
    """What `add` did."""

    taken: list[Received] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    """Files whose content was there before: nothing changed."""
    refused: dict[str, str] = field(default_factory=dict)
    """Files that could not be read, and why; the region is as if they had not been given."""
    readers: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    """Rows by table, now."""
    new_findings: list[Finding] = field(default_factory=list)


class Region:
    """A region folder that is there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        refuse_half(path)
        if not (path / TOML).exists():
            raise MissingError(
                f"{path}: not a region folder (it has no {TOML}). `merata new {path}` makes one."
            )

    @classmethod
    def start(cls, path: Path, text: str = "", *, name: str = "") -> Region:
        """Start a region folder with the text of a region.toml, else with the defaults.

        Raises
        ------
        MerataError
            There is a region already, or the folder holds other files.
        SettingsError
            `text` is not a valid region.toml.
        """
        if (path / TOML).exists():
            raise MerataError(
                f"{path}: is a region folder already. `merata add {path} FILE…` takes files in."
            )
        if path.exists() and any(path.iterdir()):
            raise MerataError(f"{path}: holds other files. Choose a new folder, or an empty one.")
        name = name or path.resolve().name
        text = text or _START.format(name=name, quoted=tomlkit.string(name).as_string(), form=FORM)
        parse_settings(text)
        path.mkdir(parents=True, exist_ok=True)
        with change(path) as staged:
            staged.file(TOML).write_text(text, encoding="utf-8")
            sources.save(staged, [])
        return cls(path)

    @cached_property
    def settings(self) -> Settings:
        """The settings of region.toml."""
        return load_settings(self.path / TOML)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the folder still while reading several of its files."""
        with lock(self.path, exclusive=False):
            yield

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every declared table (`region.tables`), the ones without rows too."""
        return store.read(self.path / TABLES_FILE)

    def planning_tables(self) -> dict[str, pd.DataFrame]:
        """The tables as runs get them: what was given in confidence without a name (`region.confidence`)."""
        return confidence.unnamed(self.tables(), self.sources())

    def findings(self) -> list[Finding]:
        """What was found in the sources, severest first."""
        path = self.path / FINDINGS
        if not path.exists():
            return []
        with sound(path, "`merata check --rebuild` makes it anew."):
            return findings.from_csv(path.read_text(encoding="utf-8"))

    def sources(self) -> list[Received]:
        """The files taken in so far, in the order in which they came."""
        return sources.load(self.path)

    def raster(self, name: str) -> Path | None:
        """The path of terrain.tif or clutter.tif, None where there is none."""
        path = self.path / name
        return path if path.exists() else None

    def add(
        self,
        files: Sequence[Path],
        *,
        kind: str = "",
        date: str,
        given_by: str = "",
        confidential: bool = False,
        leave_out: Collection[answers.SourceRow] = (),
        progress: build.Progress | None = None,
    ) -> Added:
        """Take files in: all that can be read, in one change; files that can't are refused with the reason.

        Parameters
        ----------
        files
            Any of the kinds that `region.readers` knows.
        kind
            What they are, where their content should not decide (`readers.KINDS`).
        date
            ISO date of the information, used for rows that carry none.
        given_by
            Office that gave them.
        confidential
            They were given in confidence: used in planning, never published (`region.confidence`).
        leave_out
            Rows that are not used: of these files, and of files that are there already. The files stay as they are;
            answers.csv says which rows, now and ever after.
        """
        from merata.region.readers import glance

        added = Added()
        known_by = "made up" if self.settings.region.made_up else "reported"
        places: dict[str, Path] = {}
        with change(self.path) as staged:
            received = self.sources()
            for path in files:
                try:
                    if path.is_file() and path.stat().st_size:
                        glance(Source(path.name, path, date, known_by, kind))
                    row, place = sources.look_at(
                        staged, path, received, date=date, given_by=given_by, kind=kind, known_by=known_by,
                        confidential=confidential,
                    )  # fmt: skip
                except (FileError, OSError) as error:
                    added.refused[path.name] = str(error)
                    continue
                if row in received:
                    added.again.append(path.name)
                else:
                    received = [*received, row]
                    added.taken.append(row)
                    places[row.file] = place
            if added.taken:
                out = {answers.row_subject(one): answers.OUT for one in leave_out}
                if out:
                    answers.save(staged, answers.load(self.path) | out)
                self._rebuild(staged, received, added, places, progress)
        return added

    def exchange(
        self,
        gone: Collection[str],
        given: Mapping[Path, str],
        *,
        date: str,
        given_by: str,
        progress: build.Progress | None = None,
    ) -> Added:
        """Take files in for others that leave the region in the same change, as if these had never come.

        Parameters
        ----------
        gone
            Names of files in sources/; those that are not there are passed over.
        given
            Files, each with its kind (`readers.KINDS`).
        date, given_by
            As for `add`.

        Raises
        ------
        FileError
            A file can't be read: nothing has changed.
        """
        added = Added()
        known_by = "made up" if self.settings.region.made_up else "reported"
        places: dict[str, Path] = {}
        with change(self.path) as staged:
            before = self.sources()
            received = [row for row in before if row.file not in gone]
            for path, kind in given.items():
                row, place = sources.look_at(
                    staged, path, received, date=date, given_by=given_by, kind=kind, known_by=known_by
                )
                if row not in received:
                    received.append(row)
                    places[row.file] = place
                    added.taken.append(row)
            if received == before:
                return added
            self._rebuild(staged, received, added, places, progress)
            if added.refused:
                raise FileError(" ".join(added.refused.values()))
            for row in before:
                if row not in received:
                    staged.remove(f"{sources.FOLDER}/{row.file}")
        return added

    def settle(self, finding_id: str, answer: str, progress: build.Progress | None = None) -> Finding:
        """Keep a person's answer to a question, and apply it now and ever after; returns the question.

        Raises
        ------
        MissingError
            There is no such question.
        MerataError
            The answer is no village of the region, nor `none`.
        """
        with change(self.path) as staged:
            question = next((f for f in self.findings() if f.id == finding_id and f.subject), None)
            if question is None:
                raise MissingError(
                    f"{finding_id}: no open question has this number. `merata settle {self.path}` lists them."
                )
            codes = set(self.tables()["villages"]["code"])
            if answer != "none" and answer not in codes:
                raise MerataError(
                    f"{answer}: not the code of a village of this region. Expected one like "
                    f"{min(codes, default='64.02.01.2001')}, or none. Candidates: {question.candidates or 'none known'}"
                )
            answers.save(staged, answers.load(self.path) | {question.subject: answer})
            self._rebuild(staged, self.sources(), Added(), {}, progress)
        return question

    def rebuild(self, progress: build.Progress | None = None) -> Added:
        """Read all sources again, as after a change of settings or of this software."""
        added = Added()
        with change(self.path) as staged:
            self._rebuild(staged, self.sources(), added, {}, progress)
        return added

    def _rebuild(
        self,
        staged: Change,
        received: list[Received],
        added: Added,
        new: dict[str, Path],
        progress: build.Progress | None,
    ) -> None:
        """Stage all that follows from the sources; `new` gives where files lie that are not in sources/ yet."""
        from merata.region import build

        places = {row.file: new.get(row.file, self.path / sources.FOLDER / row.file) for row in received}
        said = answers.load(staged.staging / "new") or answers.load(self.path)
        built = build.build(self.path, received, places, said, progress)
        refused = {file: why for file, why in built.refused.items() if file in new}
        if refused:
            # A file that can't be read never enters: build once more as if it had not been given.
            added.refused |= refused
            added.taken = [row for row in added.taken if row.file not in refused]
            received = [row for row in received if row.file not in refused]
            if not added.taken:
                return
            built = build.build(self.path, received, places, said, progress)
        for row in added.taken:
            sources.keep(staged, row, new[row.file])
        self._stage(staged, received, places, built, added)

    def _stage(
        self,
        staged: Change,
        received: list[Received],
        places: dict[str, Path],
        built: build.Built,
        added: Added,
    ) -> None:
        by_kind = {
            kind: [
                (replace(row.source(self.path), path=places[row.file]), row.sha256)
                for row in received
                if built.readers.get(row.file) == kind
            ]
            for kind in RASTERS
        }
        found = built.findings + rasters.stage(staged, by_kind, built.tables["villages"], self.settings)
        store.write(staged.file(TABLES_FILE), built.tables)
        staged.file(FINDINGS).write_text(findings.to_csv(found), encoding="utf-8")
        sources.save(staged, received)
        before: set[str] = set()
        with suppress(FileError):  # damaged ones are made anew here
            before = {f.id for f in self.findings()}
        added.new_findings = [f for f in found if f.id not in before]
        added.readers = built.readers
        added.rows = {name: len(rows) for name, rows in built.tables.items()}

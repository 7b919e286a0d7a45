"""A bundle: open tables of a region with what describes them, in one archive that the region signed.

In the archive are `bundle.note`, a signed note (C2SP signed-note) whose text is the line `merata-bundle/1` and a line
of canonical JSON with the region, number, date and the SHA-256 of every other file; `datapackage.json`, which describes
the tables for any reader of data packages; and the tables, CSV files in `data/`. A checkpoint of a log begins with the
log's name, so what is signed as the one is never taken for the other.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from merata.errors import FileError, InputError
from merata.exchange import bundle_csv, canonical, notes
from merata.exchange.bundle_csv import Row
from merata.exchange.bundle_tables import CONTRACTS, FEWEST, TABLES
from merata.exchange.notes import PublicKey, SecretKey
from merata.exchange.tree import ProofError
from merata.region.archives import extract
from merata.region.tables import Column, Table

NOTE, PACKAGE = "bundle.note", "datapackage.json"
FIRST_LINE = "merata-bundle/1"
#: File of each table in the archive.
PATHS = {name: f"data/{name}.csv" for name in TABLES}
NAMES = (NOTE, PACKAGE, *PATHS.values())
#: A regency's bundle has some 100 kB.
LARGEST_BYTES, LARGEST_UNPACKED_BYTES = 5_000_000, 20_000_000
_CODE = re.compile(r"\d{2}(\.\d{2}){0,3}|\d{2}\.\d{2}\.\d{2}\.\d{4}")
_ADDRESS = re.compile(r"https?://[!-~]{1,200}")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_TYPES = {"float": "number", "int": "integer", "idr": "integer", "date": "date"}


@dataclass(frozen=True)
class About:
    """Whose bundle it is, and which of theirs."""

    code: str
    """Official code of the region, like 64.02."""
    name: str
    serial: int
    """1 for the region's first, and one more each time."""
    date: str
    """When it was packed, ISO."""
    made_up: bool
    """The region is a worked example: nothing in it is real."""
    licence: str = ""
    """Address of the licence that the tables are handed on under; empty: none is named."""

    def __str__(self) -> str:
        return f"{self.name} ({self.code}), bundle {self.serial} of {self.date}"


@dataclass(frozen=True)
class Bundle:
    """A bundle that was checked: signature, hashes, tables."""

    about: About
    signer: PublicKey
    sha256: str
    """Of the whole archive, hexadecimal."""
    tables: Mapping[str, Sequence[Row]]
    """Rows by name of the table (`bundle_tables.TABLES`); empty cells are None."""


def pack(about: About, tables: Mapping[str, Sequence[Mapping[str, Any]]], key: SecretKey) -> bytes:
    """The archive of a bundle; the same content and key give the same bytes.

    Raises
    ------
    FileError
        A row is not as its table declares it, or the region has no official code or no name.
    """
    _checked(about)
    files = {PATHS[name]: bundle_csv.write(tables.get(name, ()), table) for name, table in TABLES.items()}
    for name, table in TABLES.items():
        _consistent(bundle_csv.read(files[PATHS[name]], table, PATHS[name]), PATHS[name])
    files[PACKAGE] = described(about)
    manifest = asdict(about) | {"files": {name: _sha256(data) for name, data in files.items()}}
    text = f"{FIRST_LINE}\n{canonical.canonical(manifest).decode()}\n"
    note = notes.Note(text, (key.sign(text),))
    files[NOTE] = str(note).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in NAMES:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, files[name])
    return out.getvalue()


def opened(data: bytes, keys: Collection[PublicKey], file: str) -> Bundle:
    """The bundle in an archive, when one of the keys signed it and all in it is as it says. Nothing else is trusted.

    Raises
    ------
    FileError
        It is not safe to unpack, not signed, changed, or not as the tables declare; it says which and where.
    ProofError
        The signature by one of the keys is false.
    """
    files = _unpacked(data, file)
    try:
        about, hashes, signer = _signed(files.pop(NOTE), keys, file)
    except ProofError as error:
        raise ProofError(f"{file}: {error}") from None
    for name, content in files.items():
        if hashes[name] != _sha256(content):
            raise FileError(f"{file}: {name} in it is not what {signer.name} signed: it was changed.")
    if _schema(files[PACKAGE]) != _schema(described(about)):
        raise FileError(
            f"{file}: {PACKAGE} in it describes other tables than bundles have. Take it from a region whose "
            "Merata packs bundles of the same form (1)."
        )
    tables = {
        name: bundle_csv.read(files[PATHS[name]], table, f"{file}: {PATHS[name]}")
        for name, table in TABLES.items()
    }
    for name, rows in tables.items():
        _consistent(rows, f"{file}: {PATHS[name]}")
    return Bundle(about, signer, _sha256(data), tables)


def _unpacked(data: bytes, file: str) -> dict[str, bytes]:
    if len(data) > LARGEST_BYTES:
        raise FileError(f"{file}: has more than {LARGEST_BYTES / 1e6:.0f} MB. That is no bundle.")
    with tempfile.TemporaryDirectory() as place:
        packed, into = Path(place) / "packed", Path(place) / "files"
        packed.write_bytes(data)
        extract(packed, file, into, max_total_bytes=LARGEST_UNPACKED_BYTES, max_members=2 * len(NAMES))
        with zipfile.ZipFile(packed) as archive:
            names = archive.namelist()
        if strange := sorted(set(names) - set(NAMES)):
            raise FileError(
                f"{file}: holds {strange[0]!r:.100}, which is no file of a bundle. Ask for the file again."
            )
        if lacking := [name for name in NAMES if name not in names]:
            raise FileError(f"{file}: lacks {lacking[0]}. A bundle holds {', '.join(NAMES)}.")
        return {name: (into / name).read_bytes() for name in NAMES}


def _signed(data: bytes, keys: Collection[PublicKey], file: str) -> tuple[About, dict[str, str], PublicKey]:
    """What the note says, once a key signed it: whose bundle, the files' hashes, whose key."""
    try:
        note = notes.parse(data.decode("utf-8"))
    except (FileError, UnicodeDecodeError) as error:
        raise FileError(f"{file}: {NOTE} in it is no signed note ({error!s:.100}).") from None
    signers = note.by(keys)
    if not signers:
        who = ", ".join(sorted({each.name for each in note.signatures}))[:200]
        raise FileError(
            f"{file}: is not signed by a key that you gave, but by {who}. Ask the region for its public key "
            "by another way than the bundle came."
        )
    first, _, rest = note.text.partition("\n")
    if first != FIRST_LINE:
        raise FileError(f"{file}: what is signed begins with {first[:40]!r}, and {FIRST_LINE} was expected.")
    try:
        manifest = canonical.parsed(rest.removesuffix("\n").encode())
        hashes = manifest.pop("files")
        about = About(**manifest)
        _checked(about)
        if sorted(hashes) != sorted(name for name in NAMES if name != NOTE):
            raise ValueError("it names other files")
    except (FileError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise FileError(f"{file}: {NOTE} in it is not as bundles have it ({error!s:.200}).") from None
    return about, hashes, next(iter(signers))


def _checked(about: About) -> None:
    """Raise InputError where it is not as it should be."""
    kinds = {"code": str, "name": str, "serial": int, "date": str, "made_up": bool, "licence": str}
    for name, kind in kinds.items():
        if type(getattr(about, name)) is not kind:
            raise InputError(f"{name} is {getattr(about, name)!r:.60}")
    if not _CODE.fullmatch(about.code):
        raise InputError(
            f"{about.code!r:.60} is no official code of a region, such as 64.02: set `code` under [region] in "
            "region.toml"
        )
    if not about.name.strip() or len(about.name) > 100 or not about.name.isprintable():
        raise InputError(f"{about.name!r:.120} is no name of a region: set `name` under [region]")
    if not 1 <= about.serial <= 10**9:
        raise InputError(f"{about.serial} is no number of a bundle")
    if about.licence and not _ADDRESS.fullmatch(about.licence):
        raise InputError(f"{about.licence!r:.60} is no address of a licence, https://…")
    if wrong := bundle_csv.wrong_date(about.date):
        raise InputError(f"{about.date!r:.40} {wrong}")


def _consistent(rows: Sequence[Row], where: str) -> None:
    """What no single cell shows: ranges the wrong way round, groups too small to be told of."""
    for number, row in enumerate(rows, 2):
        if "middle_idr" in row:
            if not row["low_idr"] <= row["middle_idr"] <= row["high_idr"]:
                raise FileError(f"{where}, row {number}: its low, middle and high are not in this order.")
            if (row["basis"] == CONTRACTS) != (row["sites"] >= FEWEST):
                raise FileError(
                    f"{where}, row {number}: contracts tell of {FEWEST} sites or more, a price list of 0."
                )
        if row.get("judged") is not None and (row["kept"] is None) != (row["judged"] == 0):
            raise FileError(f"{where}, row {number}: `kept` is a share of promises that were judged.")


def described(about: About) -> bytes:
    """datapackage.json of a bundle (Data Package, frictionless)."""
    package = {
        "name": f"merata-bundle-{about.code.replace('.', '-')}-{about.serial}",
        "title": f"What {about.name} paid for internet, and what came of it",
        "profile": "tabular-data-package",
        "version": f"{about.serial}.0.0",
        "created": f"{about.date}T00:00:00Z",
        **({"licenses": [{"path": about.licence}]} if about.licence else {}),
        "resources": [_resource(table) for table in TABLES.values()],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _schema(package: bytes) -> Any:
    """Tables, files, columns and types in a description; None where it is none.

    Words and choices may be those of another version of Merata: cells are checked by this one's own.
    """
    try:
        return [
            (one["name"], one["path"], [(field["name"], field["type"]) for field in one["schema"]["fields"]])
            for one in json.loads(package)["resources"]
        ]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _resource(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "path": PATHS[table.name],
        "profile": "tabular-data-resource",
        "description": table.about,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": [_field(column) for column in table.columns], "missingValues": [""]},
    }


def _field(column: Column) -> dict[str, Any]:
    said = {
        "required": column.required or None,
        "enum": list(column.choices) or None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    about = f"{column.about} ({column.unit})" if column.unit else column.about
    return {
        "name": column.name,
        "type": _TYPES.get(column.kind, "string"),
        "description": about,
        "constraints": {name: value for name, value in said.items() if value is not None},
    }


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

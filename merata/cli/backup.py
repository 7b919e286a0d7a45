"""`merata backup` and `merata restore`: a region whole in one file, and the region made from it again."""

from __future__ import annotations

import os
import time
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import province, screen
from merata.cli.options import Folder, Json
from merata.errors import MerataError, MissingError

if TYPE_CHECKING:
    from merata.backup.database import Postgres
    from merata.backup.manifest import Manifest
    from merata.backup.unpack import Restored

KeysFile = Annotated[Path | None, typer.Option("--keys", help="File of the keys, apart from the backup")]
Passphrase = Annotated[
    Path | None,
    typer.Option("--passphrase", help="File that holds the passphrase of the keys; asked for when left out"),
]


def backup(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet")],
    keys: KeysFile = None,
    passphrase: Passphrase = None,
    json: Json = False,
) -> None:
    """Copy a region whole into one file, its site's database too, while all of it goes on.

    Keys are left out unless --keys says where they go.
    """
    from merata.backup import pack

    if province.is_one(folder):
        raise MissingError(
            f"{folder}: is a province. Back up the folder of each region, and copy province.toml."
        )
    apart, log_key = None, os.environ.get("MERATA_LOG_KEY")
    if keys is not None:
        apart = pack.Keys(keys, _passphrase(passphrase, new=True), Path(log_key) if log_key else None)
    began = time.perf_counter()
    with screen.progress_bar() as bar:
        made = pack.pack(folder, file, postgres=_postgres(), keys=apart, tell=bar.tell)
    said = made.manifest
    if json:
        screen.say_json({"file": str(file), "bytes": made.bytes, "keys": keys and str(keys), **_of(said)})
        return
    seconds = time.perf_counter() - began
    screen.say(
        f"{file}: {len(said.files)} files, {made.bytes / 1e6:.1f} MB, {_rows(said)}, in {seconds:.0f} s."
    )
    for name in said.left_out:
        screen.say(f"Left out, as it is a link: {name}")
    if keys is not None:
        screen.say(f"{keys}: the keys, which only the passphrase opens. Keep it elsewhere than the backup.")
    elif said.secrets:
        screen.say(
            f"The keys are not in it: {', '.join(said.secrets)}. With --keys they go to a file of their own."
        )


def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `merata backup` wrote")],
    folder: Annotated[
        Path | None, typer.Argument(help="Where the region is to be: a new or empty folder")
    ] = None,
    keys: KeysFile = None,
    passphrase: Passphrase = None,
    without_keys: Annotated[
        bool,
        typer.Option(
            "--without-keys", help="Go on without: second factors and probes' keys must be made anew"
        ),
    ] = False,
    log_key: Annotated[
        Path | None,
        typer.Option(help="Where to write the key that signs the log; outside of the region's folder"),
    ] = None,
    json: Json = False,
) -> None:
    """Make a region again from a backup, in an empty place; without a folder, only check the backup."""
    from merata.backup import secrets, unpack

    with screen.progress_bar() as bar:
        if folder is None:
            said = unpack.check(file, str(file), bar.tell)
    if folder is None:
        _checked(file, said, json)
        return
    opened = None if keys is None else secrets.read(keys, _passphrase(passphrase, new=False))
    _refuse_without(file, opened is not None or without_keys)
    signing = _signing(opened or {}, log_key)
    with screen.progress_bar() as bar:
        made = unpack.unpack(file, folder, keys=opened, postgres=_postgres(), tell=bar.tell)
    if log_key is not None:
        from merata.exchange import written

        written.settle(log_key, signing, 0o600)
    _restored(made, json)


def _refuse_without(file: Path, settled: bool) -> None:
    from merata.backup import unpack

    if not settled and (names := unpack.secrets_of(file)):
        raise MissingError(
            f"{file}: belongs with keys ({', '.join(names)}). Give their file (--keys), or say --without-keys: second "
            "factors and the keys of probes must then be made anew."
        )


def _signing(opened: dict[str, bytes], log_key: Path | None) -> bytes:
    """The key that signs the log, where it is to be written."""
    from merata.backup import secrets

    if log_key is not None and log_key.exists():
        raise MerataError(f"{log_key}: is there already. A key is never written over: choose another file.")
    if log_key is not None and secrets.LOG_KEY not in opened:
        raise MissingError("The key that signs the log is not among the keys. Leave out --log-key.")
    return opened.get(secrets.LOG_KEY, b"")


def _checked(file: Path, said: Manifest, json: bool) -> None:
    if json:
        screen.say_json({"file": str(file), **_of(said)})
    else:
        screen.say(f"{file}: whole. {said.region}, {said.made}: {len(said.files)} files, {_rows(said)}.")


def _restored(made: Restored, json: bool) -> None:
    said, folder = made.manifest, quote(str(made.folder))
    if json:
        about = {"log_entries": made.log_entries, "keys": list(made.keys)}
        screen.say_json({"folder": str(made.folder), **about, **_of(said)})
        return
    screen.say(
        f"{made.folder} is {said.region} as of {said.made}: {len(said.files)} files, {_rows(said)}, all compared."
    )
    if made.log_entries:
        screen.say(f"The log has {made.log_entries} entries. What was added later: docs/how-to/back-up.")
    if lacking := sorted(set(said.secrets) - set(made.keys)):
        screen.say(f"Without the keys {', '.join(lacking)}.")
    screen.say(f"Next: merata serve {folder}" if said.rows else f"Next: merata check {folder}")


def _of(said: Manifest) -> dict[str, Any]:
    names = ("region", "made", "version", "database", "rows", "left_out")
    return {name: getattr(said, name) for name in names} | {
        "files": len(said.files),
        "unpacked_bytes": said.bytes,
        "secrets": sorted(said.secrets),
    }


def _rows(said: Manifest) -> str:
    return f"{sum(said.rows.values())} rows of {len(said.rows)} tables" if said.rows else "no site's database"


def _passphrase(file: Path | None, *, new: bool) -> str:
    """What the file says on its first line; else what a person says."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").partition("\n")[0]
        except FileNotFoundError:
            raise MissingError(f"{file}: no such file.") from None
    return screen.ask_secret("Passphrase of the keys", twice=new)


def _postgres() -> Postgres | None:
    """Where the site's PostgreSQL is; None where MERATA_DATABASE does not say."""
    address = os.environ.get("MERATA_DATABASE", "")
    if not address:
        return None
    from merata.web.configure import postgres

    return postgres(address)

"""`merata exchange`: the log that nobody can rewrite, its proofs and its witnesses; bundles between regions."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from merata.cli import bundles, screen
from merata.cli.options import Folder, Host, Json
from merata.errors import FileError, MissingError

if TYPE_CHECKING:
    from merata.exchange.checkpoints import Checkpoint
    from merata.exchange.log import Log
    from merata.exchange.notes import PublicKey
    from merata.exchange.policy import Policy
    from merata.exchange.proofs import Proof
    from merata.exchange.verify import Shown
    from merata.exchange.witness import Witness

app = typer.Typer(
    help="The log that nobody can rewrite: add, sign, prove, verify, witness. Bundles: pack, verify, take, untake.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

KeyFile = Annotated[Path, typer.Option("--key", help="File with the secret key; its owner's only")]
PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="File that says whom to trust: logs, witnesses, how many")
]
Out = Annotated[Path | None, typer.Option(help="File to write; printed when left out")]


for _command in (bundles.pack, bundles.take, bundles.untake, bundles.evidence):
    app.command()(_command)


@app.callback()
def _every_command() -> None:
    """Keep each a command of its own."""


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="File of the secret key, outside of the region's folder")],
    name: Annotated[
        str, typer.Argument(help="Name of the log or witness, like an address: kukar.example/log")
    ] = "",
    witness: Annotated[bool, typer.Option("--witness", help="A key of a witness, not of a log")] = False,
    json: Json = False,
) -> None:
    """Make a key and print its public half, to be given to everybody; without a name, print that of a key."""
    from merata.exchange import keys, notes

    if name:
        public = keys.make(file, name, notes.WITNESS if witness else notes.LOG).public
    else:
        public = keys.load(file, notes.WITNESS if witness else notes.LOG).public
    if json:
        screen.say_json({"public": str(public), "file": str(file)})
    else:
        screen.say(str(public))


@app.command()
def append(
    folder: Folder,
    files: Annotated[
        list[Path], typer.Argument(help="Files with a leaf a line, as JSON: kind, date, region, content")
    ],
    json: Json = False,
) -> None:
    """Add leaves to the log of a region. What is added stays for good; a line that is wrong keeps all out."""
    from merata.exchange import lines
    from merata.exchange.salts import FILE, Salts

    log = _log(folder)
    salts = Salts(folder / FILE)
    entries = [leaf for file in files for leaf in lines.read(_text(file), str(file), salts)]
    with log.writing() as writer:
        first = writer.append(entries)
        size = writer.size
    if json:
        screen.say_json({"first": first, "added": len(entries), "size": size})
    elif entries:
        what = f"Entry {first} is" if len(entries) == 1 else f"Entries {first} to {size - 1} are"
        screen.say(f"{what} in the log. Next: merata exchange checkpoint {quote(str(folder))} --key FILE")
    else:
        screen.say("There is nothing to add.")


@app.command()
def checkpoint(
    folder: Folder,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="File with the log's secret key; left out: nothing new is signed"),
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="Address of a witness to ask (can be given several times)")
    ] = None,
    take: Annotated[
        list[Path] | None, typer.Option(help="File with what a witness handed back on a stick or by letter")
    ] = None,
    policy: PolicyFile = None,
    json: Json = False,
) -> None:
    """Check what is new in the log and sign it; gather the cosignatures of witnesses (checked with --policy)."""
    log = _log(folder)
    trusted = None if policy is None else _policy(policy, "")
    known = list(trusted.witnesses.values()) if trusted else []
    if key is not None:
        _sign(log, key)
    _take(log, take or [], known)
    troubles = _ask(log, witness or [], known)
    if (made := log.checkpoint()) is None:
        raise MissingError(f"{log.folder}: has no checkpoint yet. Give the log's key (--key).")
    if json:
        screen.say_json({**_of(made), "troubles": troubles})
    else:
        screen.say(str(made.note).rstrip("\n"))
    for trouble in troubles:
        screen.err.print(trouble, markup=False, highlight=False)
    if trusted:
        trusted.check(made)
    if troubles:
        raise typer.Exit(1)


def _sign(log: Log, key: Path) -> None:
    from merata.exchange import keys, notes

    signer = keys.load(key, notes.LOG)
    with log.writing() as writer:
        writer.sign(signer)


def _take(log: Log, files: list[Path], known: list[PublicKey]) -> None:
    from merata.exchange.witness import answered

    for file in files:
        with log.writing() as writer:
            writer.cosigned(answered(_bytes(file)), known)


def _ask(log: Log, addresses: list[str], known: list[PublicKey]) -> list[str]:
    """Ask each witness and keep what it signed; what those said that did not."""
    from merata.exchange import submit

    troubles = []
    for address in addresses:
        try:
            asked, signatures = submit.ask(log, address)
            with log.writing() as writer:
                if (newest := log.checkpoint()) is not None and newest.note.text == asked.note.text:
                    writer.cosigned(signatures, known)
        except FileError as error:
            troubles.append(str(error))
    return troubles


@app.command()
def prove(
    folder: Folder,
    entry: Annotated[int | None, typer.Argument(min=0, help="Number of the entry, the first is 0")] = None,
    since: Annotated[
        int | None,
        typer.Option(
            min=0, help="Instead: that the log continues its first so many entries; what a witness takes"
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Prove that an entry is in the log, or that the log continues what it was, under its newest checkpoint."""
    from merata.exchange import proofs
    from merata.exchange.reader import Reader

    if (entry is None) == (since is None):
        raise typer.BadParameter("Give either the number of an entry, or --since.", param_hint="ENTRY")
    log = _log(folder)
    if (made := log.checkpoint()) is None:
        raise MissingError(f"{log.folder}: has no checkpoint yet. `merata exchange checkpoint` makes one.")
    reader = Reader(log.source, made.size)
    if entry is not None:
        _write(out, str(proofs.prove(reader, entry, made)))
    elif since is not None:
        _write(out, str(proofs.growth(reader, since, made)))


@app.command()
def verify(
    what: Annotated[
        str,
        typer.Argument(help="A bundle, proof or checkpoint (file), or a whole log (folder or address)"),
    ],
    key: Annotated[str, typer.Option(help="The region's public key, as it was published")] = "",
    policy: PolicyFile = None,
    old: Annotated[
        Path | None,
        typer.Option(help="An older checkpoint of this log that you trust: it has to be continued"),
    ] = None,
    leaf: Annotated[
        Path | None, typer.Option(help="The entry, where the proof does not bring it along")
    ] = None,
    handover: Annotated[
        list[Path] | None,
        typer.Option(help="Proof that the log's key was changed (several times in their order)"),
    ] = None,
    json: Json = False,
) -> None:
    """Check a bundle, a proof, a checkpoint or a whole log, offline, against a public key or a policy.

    Nothing is changed.
    """
    from merata.exchange import verify as verifying
    from merata.exchange.source import source

    trusted = _policy(policy, key)
    if Path(what).is_file() and zipfile.is_zipfile(what):
        _verify_bundle(what, trusted, json)
        return
    options: dict[str, Any] = {
        "old": None if old is None else _checkpoint(old),
        "handovers": [_proof(file) for file in handover or []],
    }
    if what.startswith(("http://", "https://")) or Path(what).is_dir():
        shown = verifying.log(source(what), trusted, **options)
    else:
        entry = None if leaf is None else _bytes(leaf).removesuffix(b"\n")
        shown = verifying.data(_bytes(Path(what)), trusted, entry=entry, **options)
    if json:
        screen.say_json(vars(shown))
    else:
        _tell(shown, trusted)


def _verify_bundle(file: str, policy: Policy, json: bool) -> None:
    from merata.exchange import bundle
    from merata.exchange.fetched import fetched

    found = bundle.opened(fetched(file), policy.logs, file)
    if json:
        screen.say_json(bundles.of_bundle(found))
    else:
        bundles.tell(found)


def _tell(shown: Shown, policy: Policy) -> None:
    if shown.what == "entry":
        leaf = shown.leaf
        screen.say(f"In the log: entry {shown.index} of {shown.origin}, a {leaf['kind']} of {leaf['date']}.")
        for name, value in leaf["content"].items():
            screen.say(f"  {name}: {value}")
    elif shown.what == "log":
        screen.say(f"The log {shown.origin} is whole: {shown.size} entries, as they were signed.")
    else:
        screen.say(f"The checkpoint of {shown.origin} at {shown.size} entries is signed.")
    if shown.since is not None:
        screen.say(f"It continues the older checkpoint of {shown.since} entries: nothing of it was changed.")
    for name, when in shown.witnesses.items():
        screen.say(f"  cosigned by {name} at {dt.datetime.fromtimestamp(when, dt.UTC):%Y-%m-%d %H:%M} UTC")
    if policy.quorum == "none":
        screen.say("No witness was demanded: the region itself could show others another history.")


@app.command()
def witness(
    key: KeyFile,
    policy: Annotated[
        Path, typer.Option("--policy", help="File with the logs that are witnessed: lines `log KEY`")
    ],
    state: Annotated[
        Path, typer.Option(help="Folder for what was seen last; never set it back to an older copy")
    ],
    once: Annotated[
        str, typer.Option(help="Look once at a log (address, folder) or a file from `prove --since`, and end")
    ] = "",
    out: Out = None,
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port (HTTP; TLS is the front server's)")
    ] = 8020,
) -> None:
    """Cosign checkpoints of logs that continue what was seen of them before; refuse all others, and say why."""
    from merata.exchange import keys, notes
    from merata.exchange.policy import Policy
    from merata.exchange.witness import Witness

    by = Witness(keys.load(key, notes.WITNESS), Policy.read(policy), state, lambda: int(time.time()))
    if once:
        _write(out, _once(by, once))
    else:
        _serve(by, host, port)


def _once(by: Witness, where: str) -> str:
    from merata.exchange import proofs
    from merata.exchange.source import source

    if where.startswith(("http://", "https://")) or Path(where).is_dir():
        return by.look(source(where))[1].line
    asked = proofs.parse(_bytes(Path(where)))
    if not isinstance(asked, proofs.Growth):
        raise FileError(f"{where}: expected what `merata exchange prove --since` writes.")
    return by.add(asked).line


def _serve(by: Witness, host: str, port: int) -> None:
    import asyncio
    import signal

    from merata.exchange.witness_door import serve

    async def run() -> None:
        task = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)  # type: ignore[union-attr]
        try:
            await serve(
                by, host, port, lambda at: screen.say(f"Witness {by.key.public} at http://{host}:{at}")
            )
        except asyncio.CancelledError:
            screen.say("The witness ended. What it cosigned is kept.")

    asyncio.run(run())


def _log(folder: Path) -> Log:
    from merata.exchange.log import FOLDER, Log
    from merata.region.folder import Region

    return Log(Region(folder).path / FOLDER)


def _policy(file: Path | None, key: str) -> Policy:
    from merata.exchange import notes
    from merata.exchange.policy import Policy

    if (file is None) == (not key):
        raise typer.BadParameter("Give whom to trust: either --key or --policy.", param_hint="--key")
    return Policy.of(notes.public_key(key)) if file is None else Policy.read(file)


def _checkpoint(file: Path) -> Checkpoint:
    from merata.exchange import checkpoints

    return checkpoints.parse(_bytes(file))


def _proof(file: Path) -> Proof:
    from merata.exchange import proofs

    found = proofs.parse(_bytes(file))
    if not isinstance(found, proofs.Proof):
        raise FileError(f"{file}: expected the proof of an entry of the kind `key`.")
    return found


def _of(made: Checkpoint) -> dict[str, Any]:
    names = [each.name for each in made.note.signatures]
    return {"origin": made.origin, "size": made.size, "root": made.root.hex(), "signed_by": names}


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise MissingError(f"{file}: no such file.") from None


def _text(file: Path) -> str:
    try:
        return _bytes(file).decode("utf-8")
    except UnicodeDecodeError:
        raise FileError(f"{file}: expected text in UTF-8.") from None


def _write(out: Path | None, text: str) -> None:
    if out is None:
        screen.say(text.rstrip("\n"))
    else:
        out.write_text(text, encoding="utf-8")
        screen.say(f"Written: {out}")

"""The command line of merata-probe.pyz."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path
from typing import Any, Sequence

from merata.probe.clock import Clock
from merata.probe.errors import ProbeError
from merata.probe.kept import SETTINGS, Kept, default_folder, load, write_whole
from merata.probe.sentences import say

# What measures is imported by the commands that measure, so that `status` answers at once on a slow machine.


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 0 when it went well."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    language = "en" if "--en" in given else "id"
    options = _parser(language).parse_args(given)
    level = logging.INFO if options.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        return int(options.do(options, language) or 0)
    except ProbeError as e:
        print(e.said(language), file=sys.stderr)
        return 1


def _parser(language: str) -> argparse.ArgumentParser:
    def told(key: str) -> str:
        return say(language, key).replace("%", "%%")

    parser = argparse.ArgumentParser(prog="merata-probe", description=told("help"))
    parser.add_argument("--folder", type=Path, default=default_folder(), help=told("help_folder"))
    common = argparse.ArgumentParser(add_help=False)
    for every, hidden in ((parser, False), (common, True)):
        default = argparse.SUPPRESS if hidden else False
        every.add_argument("--en", action="store_true", default=default, help=told("help_en"))
        every.add_argument("--verbose", "-v", action="store_true", default=default, help=told("help_verbose"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="")

    def command(name: str, do: Any) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = commands.add_parser(name, help=told(f"help_{name}"), parents=[common])
        made.set_defaults(do=do)
        return made

    enrol = command("enrol", _enrol)
    enrol.add_argument("code", help=told("help_code"))
    enrol.add_argument("--centre", default="", help=told("help_centre"))
    enrol.add_argument("--ca", default="", help=told("help_ca"))
    run = command("run", _run)
    run.add_argument("--period", type=float, default=0, help=told("help_period"))
    command("once", _once)
    command("status", _status)
    setting = command("set", _set)
    setting.add_argument("name", nargs="?", choices=[s.name for s in SETTINGS])
    setting.add_argument("value", nargs="?")
    install = command("install", _install)
    install.add_argument(
        "--as", dest="way", choices=("systemd", "cron", "openwrt", "windows"), help=told("help_as")
    )
    install.add_argument("--yes", action="store_true", help=told("help_yes"))
    return parser


def _enrol(options: argparse.Namespace, language: str) -> None:
    from merata.probe.enrol import enrol

    kept = enrol(options.code, options.folder, options.centre, options.ca)
    print(say(language, "enrolled", probe=kept.enrolment.probe, centre=kept.enrolment.https))


def _run(options: argparse.Namespace, language: str) -> None:
    from merata.probe.lock import Lock
    from merata.probe.probe import PERIOD_S, Probe

    kept = load(options.folder)
    lock = Lock(options.folder)
    clock = Clock()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: clock.stop.set())
    probe = Probe(kept, clock)
    print(say(language, "running", probe=kept.enrolment.probe), flush=True)
    probe.run(options.period or PERIOD_S)
    probe.store.close()
    lock.close()


def _once(options: argparse.Namespace, language: str) -> None:
    from merata.probe.lock import Lock
    from merata.probe.probe import Probe

    kept = load(options.folder)
    lock = Lock(options.folder)
    probe = Probe(kept, Clock())
    before = probe.store.state("answered")
    seen = probe.round()
    answered = probe.store.state("answered") != before
    ms = (
        say(language, "ms", value=seen["centre_ms"])
        if seen.get("centre_ms") is not None
        else say(language, "nothing")
    )
    print(say(language, "once_answered" if answered else "once_silent", ms=ms, waiting=probe.store.waiting()))
    probe.store.close()
    lock.close()


def _status(options: argparse.Namespace, language: str) -> None:
    from merata.probe.status import lines

    for line in lines(load(options.folder), Clock(), language):
        print(line)


def _set(options: argparse.Namespace, language: str) -> None:
    kept = load(options.folder)
    if options.name and options.value is not None:
        kept.set(options.name, options.value)
    for setting in SETTINGS:
        if options.name in (None, setting.name):
            print(say(language, "set", name=setting.name, value=_shown(kept, setting.name)))
            print("    " + (setting.english if language == "en" else setting.indonesian))


def _shown(kept: Kept, name: str) -> str:
    value = kept.setting(name)
    if isinstance(value, list):
        return ",".join(f"{a}-{b}" for a, b in value)
    return "" if value is None else str(value)


def _install(options: argparse.Namespace, language: str) -> None:
    from merata.probe.install import guess, plan

    load(options.folder)
    way = options.way or guess()
    wanted = plan(way, Path(sys.argv[0]).resolve(), options.folder.resolve())
    if wanted.file is None:
        print(say(language, "install_cron" if way == "cron" else "install_line"))
    else:
        print(wanted.text)
        if not options.yes and not _agreed(say(language, "install_write", file=wanted.file)):
            print(say(language, "install_not_written"))
            return
        wanted.file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(wanted.file, wanted.text, wanted.mode)
        print(say(language, "install_written", file=wanted.file))
    for line in wanted.then:
        print("    " + line)


def _agreed(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "ya", "yes")
    except EOFError:
        return False

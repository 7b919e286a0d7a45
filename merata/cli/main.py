"""The command line: `merata --help` is the documentation of it."""

from __future__ import annotations

import datetime as dt
import errno
import logging
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

import merata
from merata.cli import (
    backup,
    compared,
    doctor,
    exchange,
    learn,
    meeting,
    model_contest,
    ndt7,
    packages,
    probe,
    promises,
    province,
    radio,
    receive,
    score,
    screen,
    site,
    standards,
    statement,
    statistics,
    stopping,
    submitted,
    survey,
    take,
    watch,
    whatif,
)
from merata.cli.options import Folder, Json, Spoken
from merata.errors import MerataError, MissingError
from merata.machine import extras
from merata.region.kinds import KINDS

if TYPE_CHECKING:
    from merata.region.folder import Added, Region

# The rooms are imported by the command that needs them, so that `merata --help` answers at once.

HELP = """Find who lacks internet in a region, plan the cheapest fair way to reach them, and show it to everybody.

A region is a folder. Start one, put in the files that your office has, look at what was found, and run:

    merata new kukar

    merata add kukar borders.gpkg statistics.xlsx blank-spots.csv

    merata check kukar

    merata run kukar

To see it work first, with a made-up regency: merata demo.

Exit codes: 0 done; 1 something to mend; 2 wrong use of a command; 3 a file that can't be read; 4 a wrong
setting; 5 something needed first is missing; 6 the folder is in use; 7 a number that a method does not hold for;
8 no plan keeps every rule; 70 a fault in Merata; 130 stopped by you.
"""

#: What a command ends with by a fault of ours.
_FAULT = 70

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(radio.app, name="radio")
app.add_typer(probe.app, name="probe")
app.add_typer(survey.app, name="survey")
app.add_typer(exchange.app, name="exchange")
app.add_typer(model_contest.app, name="contest")
app.add_typer(province.app, name="province")

Kind = Annotated[
    str,
    typer.Option(
        "--as", help="What the files are, where their content should not decide: " + ", ".join(KINDS)
    ),
]
GivenBy = Annotated[str, typer.Option("--from", help="Office that gave the files (never a person's name)")]
Date = Annotated[str, typer.Option("--date", help="Date of the information, YYYY-MM-DD; today when left out")]


def _version(asked: bool) -> None:
    if asked:
        screen.say(f"merata {merata.__version__}")
        raise typer.Exit


@app.callback()
def _every_command(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell what is being done, and how")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop",
            is_eager=True,
            callback=_version,
            expose_value=False,
        ),
    ] = False,
) -> None:
    screen.set_up_log(verbose)


@app.command()
def new(
    folder: Folder,
    name: Annotated[str, typer.Option(help="Name of the region, as its pages show it")] = "",
    villages: Annotated[
        list[Path] | None,
        typer.Option(help="Map of village borders to start with (can be given several times)"),
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="A region.toml to start with")] = None,
) -> None:
    """Start a region folder. Asks for the name when it is not given."""
    from merata.cli import show
    from merata.region.folder import Region

    name = name or screen.ask("Name of the region", folder.resolve().name)
    region = Region.start(folder, settings.read_text(encoding="utf-8") if settings else "", name=name)
    screen.say(f"{folder} is a region folder now. Its settings are in {folder / 'region.toml'}.")
    if villages:
        show.added(_add(region, villages, "villages", "", ""), region)
    else:
        screen.say(f"Next: merata add {quote(str(folder))} FILE…   (begin with the map of village borders)")


@app.command()
def add(
    folder: Folder,
    files: Annotated[list[Path], typer.Argument(help="Files of any kind that Merata reads")],
    kind: Kind = "",
    given_by: GivenBy = "",
    date: Date = "",
    confidential: Annotated[
        bool,
        typer.Option(
            "--confidential", help="They were given in confidence: used in planning, never published"
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Take files in: recognise, match to villages, check, report findings. The same file twice changes nothing."""
    from merata.cli import show
    from merata.region.folder import Region

    if kind and kind not in KINDS:
        raise typer.BadParameter(
            f"'{kind}' is not a kind. The kinds are {', '.join(KINDS)}.", param_hint="--as"
        )
    region = Region(folder)
    if confidential and not given_by:
        raise typer.BadParameter(
            "say who gave them in confidence: --from ORGANISATION", param_hint="--confidential"
        )
    result = _add(region, files, kind, given_by, date, confidential)
    show.added(result, region, json)
    if result.refused:
        raise typer.Exit(3)


def _add(
    region: Region, files: list[Path], kind: str, given_by: str, date: str, confidential: bool = False
) -> Added:
    when = _date(date)
    with screen.progress_bar() as bar:
        return region.add(
            files,
            kind=kind,
            given_by=given_by,
            confidential=confidential,
            date=when,
            progress=lambda what, done, of: bar.tell("reading", what, done, of),
        )


def _date(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat() if text else dt.datetime.now(dt.UTC).date().isoformat()
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a date like 2026-01-31.", param_hint="--date") from None


@app.command()
def check(
    folder: Folder,
    rebuild: Annotated[bool, typer.Option(help="Read all sources again first")] = False,
    strict: Annotated[bool, typer.Option(help="Exit with 1 when there are errors or open questions")] = False,
    json: Json = False,
) -> None:
    """Say what is wrong or missing, and what each missing thing costs in certainty."""
    from merata.cli import show
    from merata.region.folder import Region
    from merata.run.check import check as look

    region = Region(folder)
    if rebuild:
        with screen.progress_bar() as bar:
            region.rebuild(lambda what, done, of: bar.tell("reading", what, done, of))
    with screen.progress_bar() as bar:
        bar.tell("checking", "what is there, and what is missing", 0, 0)
        result = look(region)
    show.checked(result, region, json)
    if strict and result.unsettled:
        raise typer.Exit(1)


@app.command()
def settle(
    folder: Folder,
    finding: Annotated[
        str, typer.Argument(help="Number of the question, as `merata settle FOLDER` lists it")
    ] = "",
    answer: Annotated[
        str, typer.Argument(help="The village's code, or none for a place outside of the region")
    ] = "",
    json: Json = False,
) -> None:
    """Answer a question about a name; without an answer, list the open questions. The answer is kept for good."""
    from merata.cli import show
    from merata.region.folder import Region

    region = Region(folder)
    if finding and answer:
        with screen.progress_bar() as bar:
            question = region.settle(
                finding, answer, lambda what, done, of: bar.tell("reading", what, done, of)
            )
        screen.say(f"Kept: {question.what} {answer}. It holds for all files, from now on.")
    else:
        show.questions([f for f in region.findings() if f.subject and f.severity == "question"], region, json)


@app.command()
def run(
    folder: Folder,
    until: Annotated[
        str, typer.Option(help="Last step to run: coverage, access, options, plan or publish")
    ] = "",
    json: Json = False,
) -> None:
    """Run: coverage, access, options, plan, publish. Only what changed since the last run is computed again."""
    from merata.cli import show
    from merata.region.folder import Region
    from merata.run import engine

    region = Region(folder)
    with screen.progress_bar() as bar:
        result = engine.run(region, until=until, tell=bar.tell)
    show.ran(result, json)


app.command()(promises.replan)
app.command()(packages.packages)


@app.command()
def explain(
    folder: Folder,
    village: Annotated[str, typer.Argument(help="The village's name or code")],
    district: Annotated[str, typer.Option(help="Its district, where several villages have the name")] = "",
    of: Annotated[str, typer.Option("--run", help="Run to explain; the newest when left out")] = "latest",
    earlier: Annotated[
        bool,
        typer.Option("--earlier", help="Also what would have to change for it to come a year earlier"),
    ] = False,
    language: Spoken = "en",
    json: Json = False,
) -> None:
    """Say why this village, this year, this way; and what would have to change."""
    from merata.cli import show
    from merata.region.folder import Region
    from merata.run import engine, questions

    region = Region(folder)
    with screen.progress_bar() as bar:
        bar.tell("explaining", village, 0, 0)
        result = questions.explain(region, engine.find(region.path, of), village, district)
        asked = whatif.earlier(region, of, result.code, bar) if earlier else None
    show.explained(result, language, asked, json)


app.command()(whatif.whatif)
app.command()(whatif.frontier)


app.command()(compared.compare)
app.command()(site.serve)
app.command()(site.invite)
app.command()(site.person)
app.command()(site.export)
app.command()(site.sms)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(receive.receive)
app.command()(receive.compact)
app.command()(watch.watch)
app.command()(take.take)
app.command()(submitted.submitted)
app.command()(score.score)
app.command()(learn.learn)
app.command()(statement.statement)
app.command()(meeting.meeting)
app.command()(statistics.indicators)
app.command()(statistics.yearbook)
app.command()(standards.standards)
app.command()(ndt7.ndt7)
app.command()(doctor.doctor)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Where to make it")] = Path("demo"),
    villages: Annotated[int, typer.Option(min=20, max=10_000, help="How many villages")] = 230,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another regency")] = 1,
    serve: Annotated[bool, typer.Option(help="Serve its site at the end, until Ctrl-C")] = True,
    port: site.Port = 8000,
    regency: Annotated[
        int,
        typer.Option(min=1, max=3, help="Which regency of a made-up province: its codes, and where it lies"),
    ] = 1,
    programme: Annotated[
        bool,
        typer.Option("--programme", help="Make up a programme for its site also where that is not served"),
    ] = False,
) -> None:
    """Make the worked example: a made-up regency's files, taken in, run and served. Everything in it is made up."""
    from merata.cli.demo import demo as make
    from merata.cli.demo import log_key
    from merata.cli.demo import site as set_up

    place = make(folder, villages, seed, regency)
    if serve or programme:
        log_key(folder)
        site.started(place, at=site.address("127.0.0.1", port) if serve else "")
        set_up(place)
    if serve:
        site.until_stopped(place, "127.0.0.1", port, 2)


def main() -> None:
    """Run a command; an error that a person can mend is told without a traceback, and sets the exit code."""
    try:
        with stopping.stoppable():
            app()
    except MerataError as error:
        _fail(str(error), error.exit_code)
    except ModuleNotFoundError as error:
        told = extras.told(error)
        _fail(told or _fault(error), MissingError.exit_code if told else _FAULT)
    except OSError as error:
        _fail(_of_system(error), 1)
    except MemoryError:
        _fail(
            "There is not enough memory for this. The region is as it was before; close what else runs, and try again.",
            1,
        )
    except KeyboardInterrupt:
        screen.err.print(stopping.STOPPED, markup=False, highlight=False)
        # An interrupt that went through an `exec`, as in the making of a named tuple, is noted by CPython, which then
        # kills itself at the end whatever the exit code; each `exec` forgets the note (pythonrun.c: run_eval_code_obj).
        exec("")  # noqa: S102
        sys.exit(stopping.CODE)
    except (
        Exception
    ) as error:  # a fault of ours: say so, keep the region, show the trace only to who asks for it
        _fail(_fault(error), _FAULT)


def _fault(error: Exception) -> str:
    return (
        f"{type(error).__name__}: {error}\nThis is a fault in Merata. The region is as it was before. "
        "Please report it with what `merata --verbose …` prints."
    )


def _of_system(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "The disk is full. Nothing was changed by this command; make room and try again."
    return f"{error.filename or 'a file'}: {error.strerror or error}. Nothing was changed by this command."


def _fail(text: str, code: int) -> None:
    logging.getLogger("merata").debug("Where it happened:", exc_info=True)
    screen.err.print(f"Error: {text}", markup=False, highlight=False)
    sys.exit(code)


if __name__ == "__main__":
    main()

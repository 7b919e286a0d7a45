"""What the tutorial and the how-to pages show works: their commands and their Python run as they stand."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

import pytest
import typer
from in_process import merata

from merata.cli.main import app

#: One process makes the desk: the other need not make it as well.
shared = pytest.mark.xdist_group("tutorial")

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
PAGES = [PROJECT / "README.md", *sorted(DOCS.glob("*/*.md"))]


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(path: Path) -> list[str]:
    """What stands behind `$ ` in the page's console blocks, with its continued lines, in order."""
    text = "".join(blocks(path, "console"))
    return [found.strip() for found in re.findall(r"^\$ (.*(?:\n> .*)*)", text, re.MULTILINE)]


def script(path: Path) -> str:
    """The page's commands as one script, each printed before it runs."""
    lines = [re.sub(r"^> ", "", command, flags=re.MULTILINE) for command in commands(path)]
    return "\n".join(f"printf '%s\\n' {shlex.quote('$ ' + line)}\n{line}" for line in lines)


@pytest.fixture(scope="session")
def folder(demo, tmp_path_factory) -> Path:
    """A folder beside a small worked example, where the commands of a page can run."""
    place = tmp_path_factory.mktemp("a planner's desk")
    (place / ".venv").symlink_to(Path(sys.prefix), target_is_directory=True)
    shutil.copytree(demo, place / "demo", symlinks=True)
    return place


#: The shell hands each `merata` over as it has read its words: starting them all takes most of the time.
HANDED_OVER = r"""
merata() {
    printf '%s\n' "${PWD@Q} ${*@Q}" >&"$ASKED"
    local code
    read -r code <&"$ANSWERED"
    cat "$SAID"
    return "$code"
}
"""


def answering(asked: int, answered: int, said: Path) -> None:
    """Run each command that a shell asks for, where it asks, until the shell is gone."""
    with os.fdopen(asked) as lines, os.fdopen(answered, "w", buffering=1) as codes:
        for line in lines:
            place, *words = shlex.split(line)
            try:
                with chdir(place):
                    said.write_text(merata(*words).stdout)
                codes.write("0\n")
            except AssertionError as failed:
                said.write_text(str(failed))
                codes.write("1\n")


@shared
@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "least"), [("first-plan.md", 9), ("second-plan.md", 7)])
def test_every_command_of_the_tutorial_runs(folder, tmp_path, chapter, least):
    text = script(DOCS / "tutorial" / chapter)
    assert text.count("merata ") >= least
    # The example is there already, smaller than `make demo` makes it; that it can be made is the next test's.
    made = f'make() {{ command make --dry-run --directory {shlex.quote(str(PROJECT))} "$@" >/dev/null; }}\n'
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    (asked, ask), (answer, answered), said = os.pipe(), os.pipe(), tmp_path / "said"
    environment |= {"ASKED": str(ask), "ANSWERED": str(answer), "SAID": str(said)}
    with (
        (tmp_path / "shown").open("w+") as shown,
        subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", made + HANDED_OVER + text],
            cwd=folder,
            env=environment,
            stdout=shown,
            stderr=shown,
            pass_fds=(ask, answer),
        ) as shell,
    ):
        os.close(ask)
        os.close(answer)
        answering(asked, answered, said)
    assert shell.returncode == 0, (tmp_path / "shown").read_text()[-3000:]


@shared
@pytest.mark.slow
def test_the_python_of_the_notebook_page_runs(folder, monkeypatch):
    text = "\n".join(blocks(DOCS / "how-to" / "notebook.md", "python"))
    assert "assess(" in text
    monkeypatch.setenv("MPLBACKEND", "Agg")
    with chdir(folder):
        exec(compile(text, "notebook.md", "exec"), {"__name__": "__main__"})


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.relative_to(PROJECT).as_posix())
@pytest.mark.slow
def test_commands_that_pages_show_exist_with_their_options(path):
    group = typer.main.get_command(app)
    for line in commands(path):
        words = shlex.split(line, comments=True)
        if words[:1] != ["merata"] or words[1].startswith("-"):
            continue
        command = group.commands[words[1]]
        if hasattr(command, "commands"):
            command = command.commands[words[2]]
        known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_pages_with_commands_are_found():
    assert sum(bool(commands(path)) for path in PAGES) >= 5


def test_toml_that_pages_show_is_valid():
    from merata.region.settings import parse_settings

    shown = [(path, text) for path in PAGES for text in blocks(path, "toml")]
    assert len(shown) >= 3
    for path, text in shown:
        parse_settings(text, str(path))

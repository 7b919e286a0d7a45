"""What the tutorial and the how-to pages show works: their commands and their Python run as they stand."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

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


def merata(folder: Path, *arguments: str) -> str:
    command = [str(Path(sys.executable).parent / "merata"), *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@shared
@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "least"), [("first-plan.md", 9), ("second-plan.md", 7)])
def test_every_command_of_the_tutorial_runs(folder, chapter, least):
    text = script(DOCS / "tutorial" / chapter)
    assert text.count("merata ") >= least
    # The example is there already, smaller than `make demo` makes it; that it can be made is the next test's.
    made = f'make() {{ command make --dry-run --directory {shlex.quote(str(PROJECT))} "$@" >/dev/null; }}\n'
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", made + text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@shared
@pytest.mark.slow
def test_the_python_of_the_notebook_page_runs(folder):
    text = "\n".join(blocks(DOCS / "how-to" / "notebook.md", "python"))
    assert "assess(" in text
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


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

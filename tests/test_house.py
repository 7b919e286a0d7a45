"""The house rules: rooms import only downwards, modules say what they do, nothing of one machine gets in."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

import merata

PROJECT = Path(__file__).resolve().parents[1]
#: But for the steps of the database, which Django writes.
MODULES = sorted(p for p in (PROJECT / "merata").rglob("*.py") if "migrations" not in p.parts)
LONGEST_MODULE = 500

#: Written in pieces, so that this file does not find itself.
FORBIDDEN = {
    "where packages come from": r"--(extra-)?index-" r"url|--find-" r"links|https?://[^\s\"']*/sim" r"ple\b",
    "a path of somebody's machine": r"/ho" r"me/[a-z]|/ro" r"ot/|/wo" r"rk/|/Us" r"ers/|[A-Z]:\\\\Us" r"ers",
    "a note that something is unfinished": r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b",
}
#: Schemas as others publish them, to the byte; among their currencies is one that looks like a note.
COPIED = PROJECT / "tests" / "publish" / "schemas"


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git clone: there is no list of the project's files")
    return [path for name in listed.stdout.split("\0") if name and (path := PROJECT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_rooms_import_only_from_rooms_below():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_is_in_the_order_of_rooms():
    contract = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    ordered = {layer.strip("()").removeprefix("merata.") for layer in contract["layers"]}
    rooms = {path.relative_to(PROJECT / "merata").parts[0].removesuffix(".py") for path in MODULES}
    assert rooms - {"__init__", "__main__"} <= ordered


def test_first_line_of_a_module_says_what_it_does():
    def says(path):
        first = re.match(r'"""(.*?)(?:"""|\n)', path.read_text(encoding="utf-8"))
        return first is not None and len(first[1]) > 10 and first[1].rstrip().endswith((".", "!", "?"))

    assert [path for path in MODULES if not says(path)] == []


def test_modules_stay_short():
    long = [path for path in MODULES if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_MODULE]
    assert long == []


@pytest.mark.slow
def test_functions_are_short():
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 15


@pytest.mark.parametrize("what", FORBIDDEN)
def test_files_hold_nothing_of_one_machine(what):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(PROJECT)}:{number}: {line.strip()[:100]}"
        for path in tracked_files()
        if COPIED not in path.parents
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert not found, f"{what}: " + "\n".join(found)


def test_the_licence_is_there_and_is_the_one_that_is_declared():
    text = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "Version 2.0" in text
    assert tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_one_version_everywhere():
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert declared == merata.__version__ == version("merata")
    assert re.search(rf"^## \[{re.escape(declared)}\]", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_lock_holds_every_dependency_that_is_declared():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    wanted = [
        *project["project"]["dependencies"],
        *(d for group in groups for d in group if isinstance(d, str)),
    ]
    names = {re.split(r"[<>=\[ ;]", d)[0].lower().replace("_", "-") for d in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (PROJECT / "requirements.lock").read_text(), re.MULTILINE))
    assert names <= locked, f"`make lock`: {sorted(names - locked)}"


def test_the_lock_has_a_hash_for_every_release():
    blocks = re.split(r"\n(?=\S)", (PROJECT / "requirements.lock").read_text())
    assert len(blocks) > 50
    assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == []


def test_no_two_test_files_have_the_same_name():
    names = [path.name for path in (PROJECT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names)), "pytest imports test files by their bare names"

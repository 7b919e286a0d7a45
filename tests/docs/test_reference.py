"""The reference says everything that the code declares, and the documentation builds without a broken link."""

import ast
import importlib.util
import io
import re
import subprocess
import sys
from html import unescape
from inspect import cleandoc
from itertools import chain
from pathlib import Path

import pytest
import typer
from docutils.core import publish_doctree
from sphinx.ext.napoleon import Config, NumpyDocstring

from merata import errors
from merata.access import result as access_result
from merata.assure import others_tables, programme_tables
from merata.assure import tables as measured_tables
from merata.cli.main import app
from merata.exchange import leaves
from merata.plan import result as plan_result
from merata.region.findings import Finding
from merata.region.prices import COMPONENTS
from merata.region.settings import Settings
from merata.region.tables import TABLES, Table

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"


def tool():
    spec = importlib.util.spec_from_file_location("make_reference", PROJECT / "tools" / "make_reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def page(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands under a second-level heading; fails when it is not there."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {heading}"
    return found.group(1)


def names_of(names) -> set[str]:
    return {name for name in names if not name.startswith("__")}


def test_pages_are_as_the_code_makes_them():
    make_reference = tool()
    assert make_reference.differing(make_reference.pages()) == [], "run `make reference`"


def test_a_page_that_differs_is_noticed(monkeypatch, tmp_path):
    make_reference = tool()
    monkeypatch.setattr(make_reference, "REFERENCE", tmp_path)
    said = []
    assert make_reference.main(["--check"], said.append) == 1
    assert make_reference.main([], said.append) == 0
    assert make_reference.main(["--check"], said.append) == 0
    (tmp_path / "settings.md").write_text("something else")
    said.clear()
    assert make_reference.main(["--check"], said.append) == 1
    assert said == ["docs/reference/settings.md: differs from the code: make reference"]


def commands_in(group, before=""):
    """Every command with its whole name, those of a command's own commands too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_in(command, f"{before}{name} ")
        else:
            yield before + name, command


def test_every_command_and_option_is_documented():
    text = page("commands.md")
    group = typer.main.get_command(app)
    assert {"new", "add", "check", "settle", "run", "explain", "compare", "demo", "radio"} <= set(
        group.commands
    )
    for name, command in commands_in(group):
        if command.hidden:
            continue
        part = section(text, f"merata {name}")
        assert command.help
        for parameter in command.params:
            shown = parameter.opts if parameter.param_type_name == "option" else [parameter.name]
            for word in [] if parameter.hidden else shown:
                metavar = (parameter.metavar or word).upper() if word == parameter.name else word
                assert f"`{metavar}" in part, f"merata {name}: {word}"
                assert parameter.help, f"merata {name}: {word} has no help"


def test_every_setting_is_documented():
    text = page("settings.md")
    headings = set(re.findall(r"^## `\[+([a-z]+)", text, re.MULTILINE))
    assert headings == set(Settings.model_fields)
    for name, info in Settings.model_fields.items():
        check_section(text, name, info.annotation)


def list_of(annotation) -> tuple:
    """What a list holds: rows of a nested section, like [[plan.decide]]."""
    return annotation.__args__ if getattr(annotation, "__origin__", None) is list else ()


def check_section(text, name, annotation):
    part = re.search(rf"^## `\[+{re.escape(name)}[\].].*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL).group(
        0
    )
    model = next(m for m in [annotation, *getattr(annotation, "__args__", ())] if hasattr(m, "model_fields"))
    for setting, field in model.model_fields.items():
        assert field.description, f"{name}.{setting} has no description"
        nested = any(hasattr(m, "model_fields") for m in (field.annotation, *list_of(field.annotation)))
        assert field.description in (text if nested else part)
        if nested:
            check_section(text, f"{name}.{setting}", field.annotation)
        else:
            assert f"| `{setting}` |" in part, f"{name}.{setting}"


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("tables.md", list(TABLES.values())),
        ("measurements.md", [*measured_tables.TABLES.values(), others_tables.OTHERS]),
        ("agreed.md", list(programme_tables.FILES.values())),
        (
            "results.md",
            [t for m in (access_result, plan_result) for t in vars(m).values() if isinstance(t, Table)],
        ),
    ],
)
def test_every_table_and_column_is_documented(name, declared):
    text = page(name)
    assert len(declared) > 3
    for table in declared:
        part = section(text, table.name)
        assert table.about in part
        for column in table.columns:
            assert f"| `{column.name}` |" in part, f"{table.name}.{column.name}"


def test_every_field_of_a_leaf_is_documented():
    text = page("leaves.md")
    for kind, fields in leaves.KINDS.items():
        part = section(text, kind)
        assert all(f"| `{field.name}` | {field.says} |" in part for field in fields)


def test_every_price_finding_column_and_exit_code_is_documented():
    assert all(f"| `{key}` |" in page("prices.md") for key in COMPONENTS)
    assert all(f"| `{name}` |" in page("findings.md") for name in Finding.__dataclass_fields__)
    kinds = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.MerataError)]
    assert len(kinds) > 4
    assert all(
        re.search(rf"^\| {e.exit_code} \| .*`{e.__name__}`", page("exit-codes.md"), re.MULTILINE)
        for e in kinds
    )


def test_help_names_the_exit_codes_that_are_documented():
    said = typer.main.get_command(app).help.split("Exit codes:")[1]
    in_help = re.findall(r"(?:^|; )\s*(\d+) ", " ".join(said.split()))
    assert in_help == re.findall(r"^\| (\d+) \|", page("exit-codes.md"), re.MULTILINE)


def test_exit_codes_tell_errors_apart():
    codes = [
        e.exit_code
        for e in vars(errors).values()
        if isinstance(e, type) and issubclass(e, errors.MerataError)
    ]
    assert len(codes) == len(set(codes))
    assert not {0, 2} & set(codes)


@pytest.mark.slow
def test_documentation_builds_without_a_broken_link(tmp_path):
    # Of the library's pages one: they are docstrings alone and lead nowhere, and take most of `make docs`.
    others = "_build,reference/python/[!a]*,reference/python/as*"
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--nitpicky", "--quiet",
         "-D", f"exclude_patterns={others}", DOCS, tmp_path],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    built = unescape((tmp_path / "reference" / "settings.html").read_text(encoding="utf-8"))
    assert "early_discount" in built


@pytest.mark.slow
def test_docstrings_can_be_shown_by_the_librarys_pages():
    said = io.StringIO()
    settings = {"warning_stream": said, "report_level": 2, "halt_level": 5, "_disable_config": True}
    read = Config(napoleon_google_docstring=False, napoleon_use_rtype=False)
    for module in chain.from_iterable(tool().rooms().values()):
        texts = [str(NumpyDocstring(text, read)) for text in docstrings(module)]
        assert texts, f"{module} says nothing"
        publish_doctree("\n\n".join(texts), source_path=module, settings_overrides=settings)
    assert said.getvalue() == ""


def docstrings(module):
    """Of a module, of its functions and classes, and what is said below their fields."""
    path = Path(importlib.util.find_spec(module).origin)
    for thing in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(thing, ast.Module | ast.ClassDef | ast.FunctionDef):
            for below in thing.body:
                if isinstance(below, ast.Expr) and isinstance(getattr(below.value, "value", None), str):
                    yield cleandoc(below.value.value)


@pytest.mark.slow
def test_a_broken_link_fails_the_build(tmp_path):
    (tmp_path / "conf.py").write_text('extensions = ["myst_parser"]\n')
    (tmp_path / "index.md").write_text("# A page\n\n[nowhere](nowhere.md)\n")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", tmp_path, tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "nowhere" in done.stderr

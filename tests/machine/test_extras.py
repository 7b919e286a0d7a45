"""Which extra brings what: as pyproject.toml has it, and as a person is told who lacks a library."""

import tomllib
from pathlib import Path

import pytest

from merata.machine import extras

PROJECT = Path(__file__).resolve().parents[2]


def test_every_extra_is_declared_and_said_what_for():
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert set(declared["optional-dependencies"]) == set(extras.EXTRAS) - {""}
    assert len(extras.libraries()[""]) == len(declared["dependencies"])


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("typst", "paper"),
        ("picows", "probe"),
        ("django.db", "web"),
        ("allauth", "web"),
        ("PIL", "web"),
        ("django_tasks_db", "web"),
        ("distributed", "scale"),
        ("duckdb", "notebook"),
    ],
)
def test_a_missing_library_names_its_extra(module, extra):
    assert f"pip install 'merata[{extra}]'" in extras.told(ModuleNotFoundError(name=module))


def test_a_module_that_no_extra_has_is_a_fault_of_ours():
    assert extras.told(ModuleNotFoundError(name="merata.nowhere")) == ""

"""What services and containers are made of: commands that exist, with the least rights, as systemd wants them."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

from merata.cli.main import app

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"
UNITS = sorted((PACKAGING / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]
PROGRAM = "/opt/merata/.venv/bin/merata"
#: What every service has, whatever it does.
LEAST_RIGHTS = {
    "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
    "ProtectKernelTunables=yes", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "User=merata",
}  # fmt: skip
ANALYZE = shutil.which("systemd-analyze")


def commands(text):
    """The command lines of Merata in a unit or a container file."""
    return [shlex.split(found.rstrip("'")) for found in re.findall(re.escape(PROGRAM) + r" (.+)", text)]


def refuses(words):
    """What the command line says against words; '' where it would run them."""
    group = typer.main.get_command(app)
    command = group.get_command(None, words[0])
    try:
        assert command, f"there is no command {words[0]}"
        command.make_context(words[0], list(words[1:]))
    except Exception as error:  # typer's own click, whose errors have no public name
        return str(error)
    return ""


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.name)
def test_a_service_runs_a_command_that_there_is_with_the_least_rights(unit):
    text = unit.read_text(encoding="utf-8")
    lines = text.splitlines()
    (words,) = commands(text)
    assert refuses(words) == ""
    assert set(lines) >= LEAST_RIGHTS
    (bounds,) = [line for line in lines if line.startswith("CapabilityBoundingSet=")]
    given = {line.partition("=")[2] for line in lines if line.startswith("AmbientCapabilities=")}
    assert bounds.partition("=")[2] in {"", *given}, "no right beside the one that it is given"


def test_an_option_that_there_is_not_would_be_noticed():
    assert "no such option" in refuses(["serve", "region", "--prot", "8000"]).lower()


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
def test_systemd_itself_finds_nothing_wrong(tmp_path):
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        (tmp_path / unit.name).write_text(text.replace(PROGRAM, shutil.which("true")), encoding="utf-8")

    def verified():
        files = sorted(map(str, tmp_path.iterdir()))
        done = subprocess.run([ANALYZE, "verify", "--man=no", *files], capture_output=True, text=True)
        return done.returncode, done.stderr

    assert verified() == (0, "")
    broken = tmp_path / "merata.service"
    broken.write_text(
        broken.read_text(encoding="utf-8").replace("ProtectHome=", "ProtectHouse="), encoding="utf-8"
    )
    assert "ProtectHouse" in verified()[1]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not here")
def test_services_are_exposed_little():
    files = list(map(str, SERVICES))
    command = [ANALYZE, "security", "--offline=yes", "--threshold=20", "--no-pager", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    if "offline" in done.stderr:
        pytest.skip("this systemd-analyze can't look at files")
    assert done.returncode == 0, [line for line in done.stdout.splitlines() if "Overall" in line]


def instructions():
    """(word, rest) of the container file, continued lines joined."""
    text = re.sub(
        r"^#.*\n", "", (PACKAGING / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    return [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def test_the_container_runs_as_nobody_special_and_says_how_it_is():
    steps = instructions()
    words = [word for word, _ in steps]
    assert set(words) <= {
        "FROM", "WORKDIR", "RUN", "COPY", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT",
        "CMD",
    }  # fmt: skip
    user = dict(steps)["USER"].partition(":")[0]
    assert int(user) > 0
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "/sehat/" in dict(steps)["HEALTHCHECK"]
    images = [rest.split()[0] for word, rest in steps if word == "FROM"]
    assert all(re.fullmatch(r"docker\.io/library/python:3\.\d+-slim-\w+", image) for image in images)


def test_what_the_container_is_made_of_is_there_and_goes_along():
    ignored = (PACKAGING / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [
        name
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for name in rest.split()[:-1]
    ]
    assert set(copied) == {"requirements.lock", "pyproject.toml", "README.md", "LICENSE", "merata"}
    assert all((PACKAGING.parent / name).exists() and f"!{name}" in ignored for name in copied)


def test_the_container_serves_by_a_command_that_there_is():
    steps = dict(instructions())
    assert json.loads(steps["ENTRYPOINT"]) == ["merata"]
    assert refuses(json.loads(steps["CMD"])) == ""


def test_the_program_says_its_version():
    from importlib.metadata import version

    from typer.testing import CliRunner

    said = CliRunner().invoke(app, ["--version"])
    assert (said.exit_code, said.output.strip()) == (0, f"merata {version('merata')}")

"""The one file: what it is made of, that old Pythons run it, and what a village officer does with it."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from centre import CODE
from typer.testing import CliRunner

from merata.cli.main import app
from merata.probe import RELEASE, install, wire
from merata.probe.build import build, contents
from merata.probe.errors import ProbeError
from merata.probe.kept import SETTINGS, load
from merata.probe.messages import EVENTS, FLAGS, KINDS
from merata.probe.sentences import SENTENCES, ago, say

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted((PROJECT / "merata" / "probe").glob("*.py"))
PROTOCOL = (PROJECT / "docs" / "reference" / "probe-protocol.md").read_text(encoding="utf-8")
HOW_TO = (PROJECT / "docs" / "how-to" / "probe.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pyz(tmp_path_factory):
    file = tmp_path_factory.mktemp("built") / "merata-probe.pyz"
    build(file)
    return file


@pytest.mark.parametrize("source", SOURCES, ids=lambda p: p.name)
def test_it_is_written_for_python_3_8_and_needs_nothing_but_it(source):
    tree = ast.parse(source.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module)
    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if name.split(".")[:2] != ["merata", "probe"]} == set()


def old_python():
    """The oldest Python from 3.8 on that this machine has and that runs, if one is older than ours."""
    for minor in range(8, sys.version_info.minor):
        if program := shutil.which(f"python3.{minor}"):
            asked = [program, "-c", "import ssl, sqlite3, sys; print(sys.executable)"]
            done = subprocess.run(asked, capture_output=True, text=True, check=False)
            if not done.returncode:
                return done.stdout.strip()
    return None


def run(python, pyz, *words, folder, **more):
    return subprocess.run(
        [python, "-X", "dev", "-W", "error", pyz, "--folder", folder, *words],
        capture_output=True, text=True, check=False, **more,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("which", ["ours", "the oldest"])
def test_enrol_once_status_and_run_end_to_end(pyz, centre, tmp_path, which):
    python = sys.executable if which == "ours" else old_python()
    if not python:
        pytest.skip("no older Python is here")
    centre.told = {"outside": []}  # connects take their time
    folder = tmp_path / "probe"
    done = run(python, pyz, "status", folder=folder)
    assert (done.returncode, "belum didaftarkan" in done.stderr) == (1, True)
    done = run(python, pyz, "enrol", f"{centre.https}/probe/enrol#SALAH", "--ca", centre.pem, folder=folder)
    assert (done.returncode, "Pusat menolak kode ini (403)" in done.stderr) == (1, True)
    done = run(python, pyz, "enrol", f"{centre.https}/probe/enrol#{CODE}", "--ca", centre.pem, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Terdaftar dengan nomor 7" in done.stdout
    assert (folder / "probe.json").stat().st_mode & 0o777 == 0o600
    done = run(python, pyz, "enrol", CODE, "--centre", centre.https, "--en", folder=folder)
    assert "is enrolled as number 7 already" in done.stderr
    done = run(python, pyz, "once", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"Pusat menjawab dalam [\d.]+ ms. Menunggu dikirim: 0.", done.stdout)
    assert centre.live == [1]
    centre.newest = RELEASE + 1
    run(python, pyz, "once", folder=folder)
    done = run(python, pyz, "status", "--en", folder=folder)
    assert done.stderr == ""
    assert f"There is a newer release {RELEASE + 1}" in done.stdout
    assert "The centre answered last: " in done.stdout
    assert centre.live == [1, 2]

    running = subprocess.Popen(
        [python, pyz, "--folder", folder, "run", "--period", "1.2"], stdout=subprocess.PIPE, text=True
    )
    assert "Alat nomor 7 berjalan" in running.stdout.readline()
    second = run(python, pyz, "once", folder=folder)
    assert (second.returncode, "Sudah ada yang berjalan" in second.stderr) == (1, True)
    until = time.monotonic() + 20
    while len(centre.live) < 4 and time.monotonic() < until:
        time.sleep(0.05)
    centre.flags = wire.BACKLOG_WANTED
    while not any(m.kind == "event" for m in centre.had.values()) and time.monotonic() < until:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=10)
    assert running.returncode == 0
    assert sorted(centre.had) == list(range(1, len(centre.had) + 1))
    assert [m.values["event"] for m in centre.had.values() if m.kind == "event"] == ["start"]
    done = run(python, pyz, "once", folder=folder)
    assert [m.values["event"] for m in centre.had.values() if m.kind == "event"] == ["start", "stop"]


@pytest.mark.slow
def test_the_same_sources_make_the_same_bytes(pyz, tmp_path):
    again = tmp_path / "again.pyz"
    said = CliRunner().invoke(app, ["probe", "build", str(again)])
    assert (said.exit_code, f"release {RELEASE}" in said.output) == (0, True)
    assert again.read_bytes() == pyz.read_bytes()
    assert os.access(again, os.X_OK)
    with zipfile.ZipFile(again) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {i.compress_type for i in archive.infolist()} == {zipfile.ZIP_DEFLATED}
        assert archive.read("merata/probe/wire.py") == (PROJECT / "merata/probe/wire.py").read_bytes()
    assert len(pyz.read_bytes()) < 100_000


def test_a_centre_that_is_built_in_makes_a_code_enough():
    assert contents("https://pusat.example")["merata/probe/centre.txt"] == b"https://pusat.example"
    assert "merata/probe/build.py" not in contents()
    from merata.probe.enrol import parted

    assert parted("https://pusat.example/probe/enrol#ABC") == ("https://pusat.example", "ABC")
    assert parted("ABC", "https://a.example") == ("https://a.example", "ABC")
    with pytest.raises(ProbeError, match="does not name the centre"):
        parted("ABC")


def test_it_says_so_where_python_is_too_old(pyz):
    main = zipfile.ZipFile(pyz).read("__main__.py").decode()
    assert main.index("version_info < (3, 8)") < main.index("from merata")
    compile(main.replace("from merata", "#"), "main", "exec")


# Settings and installing


def test_what_can_be_set_is_set_shown_and_refused(make_probe, capsys):
    from merata.probe.command import main

    folder = str(make_probe().kept.folder)
    assert main(["--folder", folder, "set", "quiet_hours", "7-12,13-15"]) == 0
    assert load(Path(folder)).quiet_hours() == [[7, 12], [13, 15]]
    assert "quiet_hours = 7-12,13-15" in capsys.readouterr().out
    assert main(["--folder", folder, "set", "quiet_hours", "-"]) == 0
    assert load(Path(folder)).quiet_hours() == []
    assert main(["--folder", folder, "set", "budget_mb", "50"]) == 0
    assert load(Path(folder)).budget_bytes() == 50_000_000
    assert main(["--folder", folder, "set", "budget_mb", "5000"]) == 0
    assert load(Path(folder)).budget_bytes() == 10**8  # the centre's word is the most
    capsys.readouterr()
    assert main(["--folder", folder, "set", "busy_share", "7", "--en"]) == 1
    assert "'7' won't do for busy_share" in capsys.readouterr().err
    assert main(["--folder", folder, "set"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{setting.name} = " in shown and setting.indonesian in shown for setting in SETTINGS)
    with pytest.raises(SystemExit):
        main(["--folder", folder, "set", "colour", "red"])


@pytest.mark.parametrize("way", install.WAYS)
def test_every_way_to_install_names_program_and_folder(way, tmp_path):
    program, folder = tmp_path / "my probe" / "merata-probe.pyz", tmp_path / "kept"
    for root in (True, False):
        plan = install.plan(way, program, folder, root)
        text = plan.text + "\n".join(plan.then)
        assert str(program) in text
        assert str(folder) in text
        assert (" once " if way == "cron" else " run") in text
        assert plan.then


def test_nothing_is_written_without_a_yes(make_probe, capsys, monkeypatch, tmp_path):
    from merata.probe.command import main

    folder = str(make_probe().kept.folder)
    unit = tmp_path / "units" / "merata-probe.service"
    plan = install.plan("systemd", Path("p.pyz"), Path(folder), False)._replace(file=unit)
    monkeypatch.setattr("merata.probe.install.plan", lambda *_: plan)
    for answer, written in (("", False), ("t", False), ("y", True)):
        monkeypatch.setattr("builtins.input", lambda question, answer=answer: answer)
        assert main(["--folder", folder, "install", "--as", "systemd"]) == 0
        assert unit.exists() is written
    assert "ExecStart=" in unit.read_text()
    assert unit.stat().st_mode & 0o777 == 0o644
    capsys.readouterr()


@pytest.mark.slow
def test_the_unit_is_one_that_systemd_takes(tmp_path):
    check = Path("/usr/bin/systemd-analyze")
    if not check.exists():
        pytest.skip("systemd is not here")
    unit = tmp_path / "merata-probe.service"
    unit.write_text(install.plan("systemd", Path("/a/p.pyz"), Path("/b 100%"), True).text)
    done = subprocess.run([check, "verify", unit], capture_output=True, text=True, check=False)
    if "Failed to initialize" in done.stderr or "Failed to create" in done.stderr:
        pytest.skip("systemd can't look at units here")
    assert str(unit) not in done.stderr, done.stderr


# Words and documentation


def test_every_sentence_is_there_in_both_languages_with_the_same_blanks():
    for key, (indonesian, english) in SENTENCES.items():
        assert indonesian, key
        assert english, key
        blanks = [set(re.findall(r"{(\w+)}", text)) for text in (indonesian, english)]
        assert blanks[0] == blanks[1], key
    used = set(
        re.findall(r'(?:say\(\s*language,|ProbeError\()\s*"(\w+)"', "".join(p.read_text() for p in SOURCES))
    )
    assert {key for key in used if not key.endswith("_")} <= set(SENTENCES)
    assert say("id", "ms", value=3) == "3 ms"
    assert [ago("en", s) for s in (1, 119, 120, 7300, 200_000)] == ["1 s", "119 s", "2 min", "2 h", "2 days"]


def test_the_protocol_is_documented():
    for kind, fields in KINDS.items():
        assert f"`{kind}`" in PROTOCOL
        for field in fields:
            row = re.search(rf"^\| `{field.name}` \|.*$", PROTOCOL, re.MULTILINE)
            assert row, f"{kind}.{field.name}"
    for name, bit in FLAGS.items():
        assert re.search(rf"^\| {bit} \| `{name}` \|", PROTOCOL, re.MULTILINE), name
    for name in ("BACKLOG_WANTED", "REVOKED", "UNKNOWN", "TEST_WANTED", "NOT_KEPT"):
        assert re.search(rf"^\| {getattr(wire, name)} \| `{name}` \|", PROTOCOL, re.MULTILINE), name
    assert all(f"| `{event}` |" in PROTOCOL for event in EVENTS)
    assert all(f"| `{name}` |" in PROTOCOL for name in wire.Enrolment._fields)
    assert all(f"| `{name}` |" in PROTOCOL for name in wire.Receipt._fields)
    for size in (wire.HEARTBEAT_BYTES, wire.ANSWER_BYTES, wire.HEARTBEAT_BYTES + wire.ANSWER_BYTES + 56):
        assert f"{size} bytes" in PROTOCOL
    for limit in (wire.MAX_ROWS, wire.MAX_BODY_BYTES, wire.MAX_INFLATED_BYTES):
        assert f"{limit:,}" in PROTOCOL


def test_every_setting_and_command_is_in_the_how_to():
    assert all(f"| `{setting.name}` |" in HOW_TO for setting in SETTINGS)
    assert all(f"`{command}`" in HOW_TO for command in ("enrol", "run", "once", "status", "set", "install"))

"""Ctrl-C and SIGTERM, sent to commands in processes of their own, on terminals of their own."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from in_process import change_settings, merata

pytestmark = pytest.mark.slow

#: What stands on the screen while a plan is searched, and there is one.
NEAR = "of the best possible"
#: A gap that the example's search needs a second or two for, once it has a plan: time to stop it.
SOME_SECONDS = 0.016


def _heeds_signals() -> None:
    # What a shell starts in the background ignores Ctrl-C, and so does all that it starts, these tests too.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Command:
    """A command that runs, and what it shows."""

    def __init__(self, *arguments: object) -> None:
        self._terminal, theirs = pty.openpty()
        self._shown = b""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "merata.cli.main", *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, text=True,
            env=os.environ | {"COLUMNS": "200", "TERM": "xterm"}, preexec_fn=_heeds_signals,
        )  # fmt: skip
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while part := os.read(self._terminal, 4096):
                self._shown += part
        except OSError:  # how Linux says that the other end of a terminal was closed
            pass

    @property
    def shown(self) -> str:
        """Everything on the terminal so far."""
        return self._shown.decode(errors="replace")

    def wait_for(self, text: str, seconds: float = 300) -> None:
        """Until it shows a text; fails when it ends before."""
        until = time.monotonic() + seconds
        while text not in self.shown:
            assert self.process.poll() is None, f"it ended before it showed '{text}':\n{self.shown}"
            assert time.monotonic() < until, f"it did not show '{text}':\n{self.shown}"
            time.sleep(0.02)

    def end(self) -> tuple[int, str]:
        """Its exit code, and what it answered."""
        answer, _ = self.process.communicate(timeout=300)
        self._reader.join(10)
        os.close(self._terminal)
        return self.process.returncode, answer


@pytest.fixture
def unplanned(region: Path) -> Path:
    """The example, whose newest run knows everything but the plan, and whose search takes some seconds."""
    change_settings(region, "plan", gap=SOME_SECONDS)
    run = (region / "runs" / "latest").resolve()
    note = json.loads((run / "run.json").read_text())
    note["steps"] = [step for step in note["steps"] if step["name"] not in ("plan", "publish")]
    (run / "run.json").write_text(json.dumps(note))
    (region / "runs" / "latest").unlink()
    run = run.rename(run.with_name("options"))
    (region / "runs" / "latest").symlink_to(run.name)
    return region


def latest(region: Path) -> Path:
    return (region / "runs" / "latest").resolve()


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_first_signal_takes_the_best_plan_so_far_and_the_next_run_searches_again(
    unplanned: Path, tmp_path: Path
) -> None:
    calm = Path(shutil.copytree(unplanned, tmp_path / "calm", symlinks=True))
    merata("run", calm)
    command = Command("run", unplanned)
    command.wait_for(NEAR)
    command.process.send_signal(signal.SIGINT)
    command.wait_for("Stopping: the best plan so far is taken")
    code, answer = command.end()
    assert code == 0
    assert "stopped by hand" in answer
    stopped = latest(unplanned)
    assert read(stopped / "run.json")["stopped_by"] == "hand"
    plan = read(stopped / "plan.json")
    assert (plan["stopped_early"], plan["stopped_by"]) == (True, "hand")
    assert plan["bound"] >= plan["objective"] > 0
    report = (stopped / "report" / "index.html").read_text(encoding="utf-8")
    assert "The search was stopped by hand" in report
    assert "Pencarian dihentikan dengan tangan" in report
    steps = {step["name"]: step for step in json.loads(merata("run", unplanned, "--json").stdout)["steps"]}
    assert steps["access"]["taken_from"]
    assert not steps["plan"]["taken_from"]
    assert not steps["publish"]["taken_from"]
    never = latest(calm)
    assert latest(unplanned).name == never.name != stopped.name
    for name in ("plan.json", "villages.csv", "plan.csv", "report/index.html"):
        assert (latest(unplanned) / name).read_bytes() == (never / name).read_bytes(), name
    assert read(never / "plan.json")["bound"] >= plan["objective"] - 1e-6
    assert plan["bound"] >= read(never / "plan.json")["objective"] - 1e-6


def test_a_second_signal_ends_everything_and_the_last_run_stays(unplanned: Path) -> None:
    before = latest(unplanned)
    command = Command("run", unplanned)
    command.wait_for(NEAR)
    command.process.send_signal(signal.SIGTERM)
    command.process.send_signal(signal.SIGINT)
    code, answer = command.end()
    assert (code, answer) == (130, "")
    assert "Stopped. Nothing was changed by this command." in command.shown
    assert latest(unplanned) == before
    assert sorted(path.name for path in (unplanned / "runs").iterdir()) == ["latest", before.name]
    assert not list((unplanned / ".merata").glob("run-*"))


def test_before_a_plan_is_searched_one_signal_ends_everything(region: Path) -> None:
    shutil.rmtree(region / "runs")
    command = Command("run", region)
    command.wait_for("coverage")
    command.process.send_signal(signal.SIGTERM)
    code, _ = command.end()
    assert code == 130
    assert "Stopped. Nothing was changed by this command." in command.shown
    assert not list((region / ".merata").glob("run-*"))
    assert not (region / "runs").exists()


@pytest.mark.parametrize("question", [("whatif", "--budget", "0.5"), ("frontier",)])
def test_a_question_that_is_stopped_says_so_and_has_changed_nothing(
    region: Path, question: tuple[str, ...]
) -> None:
    before = {path: path.read_bytes() for path in region.rglob("*") if path.is_file()}
    command = Command(question[0], region, *question[1:])
    command.wait_for("the plan if it were so" if question[0] == "whatif" else "times the budget")
    command.process.send_signal(signal.SIGINT)
    code, answer = command.end()
    assert (code, answer) == (130, "")
    assert "Stopped. Nothing was changed by this command." in command.shown
    assert "Error" not in command.shown
    assert {path: path.read_bytes() for path in region.rglob("*") if path.is_file()} == before


def test_a_signal_in_the_middle_of_an_exec_ends_a_command_like_any_other(tmp_path: Path) -> None:
    # As when a named tuple is being made; CPython would kill itself afterwards, whatever the exit code.
    (tmp_path / "command.py").write_text(
        "import os, signal\nfrom merata.cli import main\n"
        "main.app = lambda: exec('os.kill(os.getpid(), signal.SIGINT)')\nmain.main()\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "command"],
        cwd=tmp_path, capture_output=True, text=True, preexec_fn=_heeds_signals,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (130, "Stopped. Nothing was changed by this command.\n")

"""How the probe starts by itself: a unit of systemd, a line for cron, a script of OpenWrt, a task of Windows."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import NamedTuple

WAYS = ("systemd", "cron", "openwrt", "windows")

_SYSTEMD = """[Unit]
Description=Merata probe
After=network.target

[Service]
ExecStart={command} run
Restart=always
RestartSec=60
Nice=10
MemoryMax=64M
NoNewPrivileges=true

[Install]
WantedBy={wanted}
"""

_OPENWRT = """#!/bin/sh /etc/rc.common
USE_PROCD=1
START=95
STOP=10

start_service() {{
    procd_open_instance
    procd_set_param command {command} run
    procd_set_param respawn 3600 60 0
    procd_set_param nice 10
    procd_close_instance
}}
"""


class Plan(NamedTuple):
    """What to install: the file and its text (none for what is only a command), and what to run then."""

    file: Path | None
    text: str
    mode: int
    then: list[str]


def guess() -> str:
    """The way that fits this machine."""
    if sys.platform == "win32":
        return "windows"
    if Path("/etc/openwrt_release").exists():
        return "openwrt"
    return "systemd" if Path("/run/systemd/system").exists() else "cron"


def plan(way: str, program: Path, folder: Path, root: bool | None = None) -> Plan:
    """What to install so that `program` starts by itself and keeps its things in `folder`."""
    words = [sys.executable or "python3", str(program), "--folder", str(folder)]
    command = " ".join(shlex.quote(word) for word in words)
    root = os.geteuid() == 0 if root is None and sys.platform != "win32" else bool(root)
    if way == "systemd":
        return _systemd(command, root)
    if way == "openwrt":
        text = _OPENWRT.format(command=command)
        then = ["/etc/init.d/merata-probe enable", "/etc/init.d/merata-probe start"]
        return Plan(Path("/etc/init.d/merata-probe"), text, 0o755, then)
    if way == "windows":
        quoted = " ".join(f'\\"{word}\\"' for word in words)
        task = f'schtasks /Create /TN "Merata probe" /SC ONSTART /RU SYSTEM /F /TR "{quoted} run"'
        return Plan(None, "", 0, [task, 'schtasks /Run /TN "Merata probe"'])
    # cron begins a new one each five minutes; one that still works keeps it out.
    return Plan(None, "", 0, [f"*/5 * * * * {command} once >/dev/null 2>&1"])


def _systemd(command: str, root: bool) -> Plan:
    # A percent sign would be a specifier of systemd's.
    command = command.replace("%", "%%")
    if root:
        text = _SYSTEMD.format(command=command, wanted="multi-user.target")
        then = ["systemctl daemon-reload", "systemctl enable --now merata-probe"]
        return Plan(Path("/etc/systemd/system/merata-probe.service"), text, 0o644, then)
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    text = _SYSTEMD.format(command=command, wanted="default.target")
    then = [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now merata-probe",
        "loginctl enable-linger",
    ]
    return Plan(base / "systemd" / "user" / "merata-probe.service", text, 0o644, then)

"""What the probe keeps in a file of its own, readable by its owner only: who it is, its key, what was set here."""

from __future__ import annotations

import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, NamedTuple

from merata.probe import wire
from merata.probe.errors import ProbeError
from merata.probe.messages import WireError

FILE = "probe.json"


class Setting(NamedTuple):
    """Something that can be set at the probe itself. `read` takes the text that was typed, or raises ValueError."""

    name: str
    default: Any
    read: Callable[[str], Any]
    indonesian: str
    english: str


def hours(text: str) -> list[list[int]]:
    """`7-12,13-15` as pairs of hours; a span may go over midnight."""
    spans = [re.fullmatch(r"(\d\d?)-(\d\d?)", part.strip()) for part in text.split(",") if part.strip()]
    pairs = [[int(s[1]), int(s[2])] for s in spans if s]
    if len(pairs) != len(spans) or any(hour > 24 for pair in pairs for hour in pair):
        raise ValueError(text)
    return pairs


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def _size(text: str) -> int:
    size = int(text)
    if not 1 <= size <= 100_000:
        raise ValueError(text)
    return size


def _snmp(text: str) -> str:
    if text and not re.fullmatch(r"\S+ \S+ \d+", text):
        raise ValueError(text)
    return text


# fmt: off
SETTINGS = (
    Setting("interface", "", str, "Antarmuka jaringan yang dihitung; kosong: yang menuju internet",
            "Network interface to count; empty: the one that leads out"),
    Setting("snmp", "", _snmp, "Hitung di router: 'ALAMAT KOMUNITAS INDEKS' (SNMP v2c)",
            "Count at the router: 'ADDRESS COMMUNITY INDEX' (SNMP v2c)"),
    Setting("clients", "auto", str, "Jumlah perangkat Wi-Fi: auto, off, atau berkas sewa DHCP",
            "Number of Wi-Fi clients: auto, off, or a file of DHCP leases"),
    Setting("quiet_hours", None, hours, "Jam tanpa uji kecepatan, misalnya 7-12,13-15; kosong: boleh setiap jam",
            "Hours without speed tests, like 7-12,13-15; empty: any hour will do"),
    Setting("budget_mb", None, _size, "Batas data uji kecepatan per hari, MB (tidak di atas batas pusat)",
            "Data for speed tests a day, MB (never above the centre's)"),
    Setting("busy_share", 0.2, _share, "Jalur dianggap dipakai orang di atas bagian ini dari kecepatannya",
            "The line counts as in use above this share of its speed"),
    Setting("store_mb", 64, _size, "Ruang simpan di alat ini, MB", "Room to keep measurements in, MB"),
    Setting("ca_file", "", str, "Berkas sertifikat pusat, bila bukan dari penerbit umum",
            "File of the centre's certificate, where no public authority issued it"),
)
# fmt: on

_BY_NAME = {s.name: s for s in SETTINGS}


class Kept:
    """The file `probe.json` of a probe's folder."""

    def __init__(self, folder: Path, content: dict[str, Any]) -> None:
        self.folder = folder
        self.enrolment = _enrolment(folder, content)
        self.local: dict[str, Any] = dict(content.get("local", {}))
        #: How many stores were begun: each has a range of numbers of its own, so that none is used twice.
        self.stores = int(content.get("stores", 0))

    @property
    def key(self) -> bytes:
        """The probe's key."""
        return bytes.fromhex(self.enrolment.key)

    def setting(self, name: str) -> Any:
        """What is set here, or the default."""
        return self.local.get(name, _BY_NAME[name].default)

    def set(self, name: str, text: str) -> None:
        """Set something here, and keep it; "-" for the default again."""
        if name not in _BY_NAME:
            raise ProbeError("no_setting", name=name, names=", ".join(_BY_NAME))
        try:
            if text == "-":
                self.local.pop(name, None)
            else:
                self.local[name] = _BY_NAME[name].read(text)
        except ValueError:
            raise ProbeError("bad_setting", name=name, text=text) from None
        self.save()

    def budget_bytes(self) -> int:
        """Bytes that speed tests may cost a day: the centre's word, or less where that is set here."""
        here_mb, told = self.setting("budget_mb"), self.enrolment.budget_bytes
        return told if here_mb is None else min(told, here_mb * 1_000_000)

    def quiet_hours(self) -> list[list[int]]:
        """Hours without speed tests: as set here, else as the centre said."""
        here = self.setting("quiet_hours")
        return self.enrolment.quiet_hours if here is None else here

    def begin_store(self) -> int:
        """Number of a store that is about to be begun; it is on disk before the store is."""
        self.stores += 1
        self.save()
        return self.stores

    def save(self) -> None:
        """Write the file anew; whatever happens, the old or the new one is there whole."""
        content = {"enrolment": self.enrolment._asdict(), "local": self.local, "stores": self.stores}
        write_whole(self.folder / FILE, json.dumps(content, indent=1))


def _enrolment(folder: Path, content: dict[str, Any]) -> wire.Enrolment:
    try:
        return wire.unpack_enrolment(json.dumps(content.get("enrolment")).encode())
    except WireError as e:
        raise ProbeError("bad_file", file=folder / FILE, why=e) from None


def load(folder: Path) -> Kept:
    """What the probe of a folder keeps."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProbeError("not_enrolled", folder=folder) from None
    except (OSError, ValueError) as e:
        raise ProbeError("bad_file", file=folder / FILE, why=e) from None
    return Kept(folder, content if isinstance(content, dict) else {})


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file so that a power cut leaves the old or the new one, never a part."""
    fresh = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
    if sys.platform != "win32":
        fd = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def default_folder() -> Path:
    """Where a probe lives when nobody says otherwise."""
    if named := os.environ.get("MERATA_PROBE"):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", str(Path.home()))) / "merata-probe"
    if os.geteuid() == 0:
        return Path("/var/lib/merata-probe")
    return Path.home() / ".local" / "share" / "merata-probe"

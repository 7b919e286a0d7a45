"""A one-time code becomes a number and a key."""

from __future__ import annotations

import http.client
import json
import os
import pkgutil
from pathlib import Path

from merata.probe import RELEASE, wire
from merata.probe.connect import Ways
from merata.probe.errors import ProbeError
from merata.probe.kept import FILE, Kept, load
from merata.probe.messages import WireError

#: Beside the code in the .pyz, where the one who built it named a centre.
CENTRE_FILE = "centre.txt"
TIMEOUT_S = 30


def enrol(given: str, folder: Path, centre: str = "", ca_file: str = "") -> Kept:
    """Enrol with a code, or with an address that ends in #CODE; what the centre told is kept in the folder."""
    centre, code = parted(given, centre)
    if (folder / FILE).exists():
        raise ProbeError("enrolled_already", probe=load(folder).enrolment.probe, folder=folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError("read-only")
    except OSError as e:
        raise ProbeError("no_folder", folder=folder, why=e) from None
    told = ask(centre, code, Ways(ca_file))
    kept = Kept(folder, {"enrolment": told._asdict()})
    if ca_file:
        kept.local["ca_file"] = str(Path(ca_file).resolve())
    kept.save()
    return kept


def parted(given: str, centre: str = "") -> tuple[str, str]:
    """Centre and code of what was given: an address with the code behind #, or the code alone."""
    address, hash_mark, code = given.strip().rpartition("#")
    if not hash_mark:
        code = given.strip()
    elif "://" in address:
        scheme, _, rest = address.partition("://")
        centre = f"{scheme}://{rest.split('/')[0]}"
    centre = centre or _built_in()
    if not centre:
        raise ProbeError("no_centre")
    return centre, code


def _built_in() -> str:
    try:
        data = pkgutil.get_data("merata.probe", CENTRE_FILE)
    except OSError:
        return ""
    return (data or b"").decode("utf-8").strip()


def ask(centre: str, code: str, ways: Ways) -> wire.Enrolment:
    """What the centre tells who has the code."""
    body = json.dumps({"code": code, "release": RELEASE}).encode()
    connection = ways.open(centre, TIMEOUT_S)
    try:
        connection.request("POST", wire.ENROL_PATH, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read(wire.MAX_ANSWER_BYTES + 1)
    except (OSError, http.client.HTTPException) as e:
        raise ProbeError("no_answer", centre=centre, why=e) from None
    finally:
        connection.close()
    if answer.status != 200:
        key = "code_refused" if answer.status in (400, 403, 404, 409, 410, 422) else "no_answer"
        raise ProbeError(key, centre=centre, status=answer.status, why=f"HTTP {answer.status}")
    try:
        return wire.unpack_enrolment(said)
    except WireError as e:
        raise ProbeError("no_answer", centre=centre, why=e) from None

"""Probes of service points: a code that enrols one, once; keys for the receiver; keys that are not taken any more."""

from __future__ import annotations

import datetime as dt
import secrets
import threading
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, close_old_connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from merata.errors import InputError
from merata.probe import RELEASE, wire
from merata.region.settings import MeasureSettings, load_settings
from merata.web.accounts import client_address
from merata.web.cases.numbers import LETTERS
from merata.web.changes import keep
from merata.web.counts import one_more, so_many
from merata.web.models import Probe, ServicePoint, User
from merata.web.sealed import seal, unseal
from merata.web.staff.accounts_invite import hashed
from merata.web.strangers import read_json

#: How long a code waits for its probe.
CODE_HOLDS = dt.timedelta(days=14)
#: Sixteen of `LETTERS` are some 74 bits.
_CODE_LONG, _GROUP = 16, 4
#: So many wrong codes are heard from one address in a quarter of an hour.
WRONG_CODES, _WINDOW_S = 20, 900
#: How often the receiver looks at the keys: so long a new probe waits, and a revoked one is still heard.
WATCH_S = 3.0
_SEALED_AS = "key of a probe"
_RECEIVER_PORT = 8010


def new_code(point: ServicePoint, by: User) -> tuple[Probe, str]:
    """A probe that is expected at a point, and the code that enrols it; of the code only the hash is kept."""
    letters = [secrets.choice(LETTERS) for _ in range(_CODE_LONG)]
    code = "-".join("".join(letters[at : at + _GROUP]) for at in range(0, _CODE_LONG, _GROUP))
    row = Probe(point=point, code_hash=hashed(_plain(code)), code_ends_at=timezone.now() + CODE_HOLDS)
    keep(row, by)
    return row, code


def enrolled(code: str) -> wire.Enrolment:
    """What a probe is told for its code, which is used up by that.

    Raises
    ------
    InputError
        There is no such code, it is over, or a probe has enrolled with it.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Probe.objects.select_for_update().filter(code_hash=hashed(_plain(code))).first()
        if row is None or row.revoked_at or row.code_ends_at <= now:
            raise InputError("There is no such code, or it is over. Ask for a new one.")
        if row.enrolled_at:
            raise InputError("A probe has enrolled with this code already. Ask for a new one.")
        key = secrets.token_bytes(wire.KEY_BYTES).hex()
        row.key, row.enrolled_at = seal(key, _SEALED_AS), now
        keep(row, None, way="probe")
    return _told(row.pk, key, load_settings(settings.REGION / "region.toml").measure)


def _told(number: int, key: str, measure: MeasureSettings) -> wire.Enrolment:
    host = urlsplit(settings.SITE).hostname or "127.0.0.1"
    return wire.Enrolment(
        probe=number,
        key=key,
        udp=measure.receiver or f"{host}:{_RECEIVER_PORT}",
        # A site without a front server has nobody who would pass batches on.
        https=measure.batches or (settings.SITE if settings.SECURE else f"http://{host}:{_RECEIVER_PORT}"),
        outside=list(measure.outside),
        dns_name=measure.lookup_domain,
        ndt7=measure.speed_server,
        budget_bytes=round(measure.speed_mb_per_day * 1e6),
        quiet_hours=measure.quiet_hours,
        busy_hours=measure.busy_hours,
        utc_offset_min=measure.utc_offset_min,
        newest=RELEASE,
    )


def revoke(row: Probe, by: User, why: str) -> None:
    """Take nothing more of a probe, nor let anybody enrol with its code."""
    row.revoked_at = timezone.now()
    keep(row, by, why=why)


def _plain(code: str) -> str:
    """A code as it is hashed, however it was typed."""
    return "".join(letter for letter in code.upper() if letter in LETTERS)


@csrf_exempt  # a probe has no cookies, and acts for nobody but itself
@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Where a probe enrols: `{"code": …}` in, its number, key and addresses out."""
    counted = f"probe-codes:{client_address(request)}:{int(time.time() // _WINDOW_S)}"
    if so_many(counted) >= WRONG_CODES:
        return JsonResponse({"error": "Too many wrong codes. Try again in a quarter of an hour."}, status=429)
    try:
        asked = read_json(request.body, 1000)
        told = enrolled(str(asked["code"]))
    except InputError as error:
        one_more(counted, _WINDOW_S)
        return JsonResponse({"error": str(error)}, status=403)
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": 'Expected {"code": "…"}.'}, status=400)
    answer = HttpResponse(wire.pack_enrolment(told), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


class SiteKeys:
    """The keys of all probes that have enrolled, and of those that were revoked, for the receiver.

    While it watches, the database is asked in a thread of its own: answers to probes never wait for it. When it can't
    be had, the keys of before are still right.
    """

    def __init__(self) -> None:
        self._keys: dict[int, bytes] = {}
        self._revoked: dict[int, bytes] = {}
        self._unsealed: dict[str, bytes] = {}
        self._stop = threading.Event()
        self.look()

    def watching(self, every_s: float = WATCH_S) -> SiteKeys:
        """Itself, looking again for as long as the process runs."""
        threading.Thread(target=self._keep_looking, args=(every_s,), daemon=True).start()
        return self

    def __call__(self, probe: int) -> bytes | None:
        """The key of a probe; None: there is no such probe, or it was revoked."""
        return self._keys.get(probe)

    def revoked(self, probe: int) -> bytes | None:
        """The key of a probe that was revoked; None: there is no such."""
        return self._revoked.get(probe)

    def look(self) -> None:
        """Read what changed."""
        rows = list(Probe.objects.exclude(key="").values_list("pk", "key", "revoked_at"))
        self._unsealed = {
            sealed: self._unsealed.get(sealed) or bytes.fromhex(unseal(sealed, _SEALED_AS))
            for _, sealed, _ in rows
        }
        self._keys = {number: self._unsealed[sealed] for number, sealed, gone in rows if gone is None}
        self._revoked = {number: self._unsealed[sealed] for number, sealed, gone in rows if gone}

    def _keep_looking(self, every_s: float) -> None:
        while not self._stop.wait(every_s):
            close_old_connections()
            try:
                self.look()
            except DatabaseError:
                continue

    def close(self) -> None:
        """Look no more."""
        self._stop.set()


CALLS: list[URLPattern] = [path(wire.ENROL_PATH.lstrip("/"), enrol, name="probe_enrol")]

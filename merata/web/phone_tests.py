"""A speed test for any phone against the centre's ndt7 server; who agrees gives the result, and roughly the place."""

from __future__ import annotations

import datetime as dt
import re
import statistics
import uuid
from pathlib import Path
from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from merata.errors import InputError
from merata.region.settings import load_settings
from merata.web.middleware import permissions
from merata.web.models import PhoneTest, VillageFacts
from merata.web.models.phone_tests import NETWORKS, TECHNOLOGIES
from merata.web.page import changed, render
from merata.web.reports import newest_village, not_too_many, of_script, village_of
from merata.web.rights import for_all

#: So many tests are taken from one address in a quarter of an hour: behind one are all phones of a village's Wi-Fi.
FROM_ONE_ADDRESS = 30
#: Degrees: some 100 m here, and some 1 km once a test is so old.
_ROUGH, _ROUGHER, ROUGHER_AFTER = 3, 2, dt.timedelta(days=180)
#: A result that the server does not know of by then never was one.
_KNOWN_WITHIN = dt.timedelta(days=2)
#: A village's page tells of tests of so many days, where there are so many.
_SHOWN, _FEWEST = dt.timedelta(days=90), 5
_OPERATOR = re.compile(r"[^\w &+.-]")


def speed_server() -> str:
    """Address of the centre's ndt7 server; empty: there is none."""
    return load_settings(settings.REGION / "region.toml").measure.speed_server.rstrip("/")


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """The test, for who is in a village; this page alone may talk to the speed test's server."""
    village, server = village_of(code), speed_server()
    policy = {"connect-src": [server]} if server else {}
    answer = csp_update(policy)(lambda asked: _page(asked, village, server))(request)
    answer["Cache-Control"] = "no-store"
    answer["Permissions-Policy"] = permissions("geolocation")
    return answer


def _page(request: HttpRequest, village: VillageFacts, server: str) -> HttpResponse:
    return render(
        request, "phone_test/page.html.j2", village=village, publication=village.publication, server=server,
        networks=NETWORKS, technologies=TECHNOLOGIES,
    )  # fmt: skip


@csrf_exempt  # it acts for nobody; other sites' forms can't send JSON
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """A result, from the page's script: JSON in."""
    return of_script(request, _take, "ptest_too_many")


def _take(asked: dict[str, Any], sent_by: str) -> dict[str, str]:
    """Keep a test once, however often it is sent; InputError with the key of a sentence where it is none."""
    made_by = str(asked.get("made_by", "")).replace("\0", "")[:40] or str(uuid.uuid4())
    if PhoneTest.objects.filter(made_by=made_by).exists():
        return {}
    village = newest_village(str(asked.get("village", "")))
    if asked.get("network") not in NETWORKS:
        raise InputError("ptest_wrong_network")
    down, up = (_uuid(asked.get(name)) for name in ("down", "up"))
    if not down and not up:
        raise InputError("ptest_wrong_test")
    not_too_many(f"tests:{sent_by}", FROM_ONE_ADDRESS, "ptest_too_many")
    technology = asked.get("technology")
    lon, lat = _place(asked)
    row = PhoneTest(
        made_by=made_by, village_code=village.code, down_uuid=down, up_uuid=up, network=asked["network"],
        operator=_OPERATOR.sub("", str(asked.get("operator", "")))[:20].strip(),
        technology=technology if technology in TECHNOLOGIES else "unknown", lon=lon, lat=lat,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # it arrived twice at once
        pass
    return {}


def _uuid(given: Any) -> str:
    try:
        return str(uuid.UUID(given)) if isinstance(given, str) else ""
    except ValueError:
        return ""


def _place(asked: dict[str, Any]) -> tuple[float | None, float | None]:
    """Longitude and latitude, rounded; none where they are none."""
    given = (asked.get("lon"), asked.get("lat"))
    found = [at for at in given if isinstance(at, int | float) and not isinstance(at, bool)]
    if len(found) != 2:
        return None, None
    lon, lat = found  # a whole number may be too large to be made a float of
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None, None
    return round(float(lon), _ROUGH), round(float(lat), _ROUGH)


def settle(measurements: Path) -> int:
    """Fill in what the speed test's server saw of the tests that came; how many that are.

    A test counts once. One that the server does not know of within two days is forgotten.
    """
    from merata.assure.ndt7_results import FOLDER, Results

    waiting = {row.pk: row for row in PhoneTest.objects.filter(began=None)}
    if not waiting:
        return 0
    first = min(row.arrived_at for row in waiting.values()) - dt.timedelta(days=1)
    results = Results(measurements) if (measurements / FOLDER).exists() else None
    seen: dict[str, dict[str, Any]] = {}
    for month in sorted({f"{first:%Y-%m}", f"{timezone.now():%Y-%m}"}) if results else ():
        seen |= {str(found.get("uuid")): found for found in results.of(month)} if results else {}
    settled = sum(_settled(row, seen) for row in waiting.values())
    PhoneTest.objects.filter(began=None, arrived_at__lt=timezone.now() - _KNOWN_WITHIN).delete()
    if settled:
        changed()
    return settled


def _settled(row: PhoneTest, seen: dict[str, dict[str, Any]]) -> bool:
    """Whether the server saw the test, which no other row has taken."""
    down, up = (
        _way(seen.get(name), test) for name, test in ((row.down_uuid, "download"), (row.up_uuid, "upload"))
    )
    names = [name for name, found in ((row.down_uuid, down), (row.up_uuid, up)) if found]
    taken = PhoneTest.objects.exclude(began=None)
    if not names or taken.filter(down_uuid__in=names).exists() or taken.filter(up_uuid__in=names).exists():
        return False
    row.began = dt.datetime.fromisoformat((down or up)["began"])
    row.down_mbps, row.up_mbps = down.get("mbps"), up.get("mbps")
    row.latency_ms = down.get("min_rtt_ms") or up.get("min_rtt_ms")
    row.save()
    return True


def _way(found: dict[str, Any] | None, test: str) -> dict[str, Any]:
    return found if found and found.get("test") == test else {}


def told_of(code: str) -> dict[str, Any]:
    """What a village's page tells of tests: how many, and their median; empty where there are too few."""
    recent = PhoneTest.objects.filter(village_code=code, began__gt=timezone.now() - _SHOWN)
    rates = [rate for rate in recent.values_list("down_mbps", flat=True) if rate is not None]
    return {"count": len(rates), "down": statistics.median(rates)} if len(rates) >= _FEWEST else {}


def forget(now: dt.datetime) -> None:
    """Of old tests the place is kept only roughly."""
    for row in PhoneTest.objects.filter(arrived_at__lt=now - ROUGHER_AFTER).exclude(lon=None):
        lon, lat = (round(at, _ROUGHER) if at is not None else None for at in (row.lon, row.lat))
        if (lon, lat) != (row.lon, row.lat):
            row.lon, row.lat = lon, lat
            row.save(update_fields=["lon", "lat"])


PAGES: list[URLPattern] = for_all(
    [
        path("uji/kirim", send, name="phone_test_send"),
        path("uji/<str:code>/", page, name="phone_test"),
    ]
)

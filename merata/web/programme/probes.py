"""Probes of a point: a code for a new one, shown once, and taking nothing more of one that is gone or stolen."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.web.models import Probe, ServicePoint
from merata.web.page import qr
from merata.web.probes import new_code, revoke
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.rights import needs


@needs("place probes")
@require_POST
def probe_new(request: HttpRequest, number: int) -> HttpResponse:
    """A code for a probe at a point, as letters and as QR: this page is the only one that shows it."""
    point = reached(request, ServicePoint.objects.all(), number)
    row, code = new_code(point, user_of(request))
    link = f"{settings.SITE}#{code}"
    return shown(request, "probe", point=point, probe=row, code=code, link=link, picture=qr(link))


@needs("place probes")
@require_POST
def probe_revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Take nothing more of a probe."""
    row = reached(request, Probe.objects.select_related("point"), number)
    t, why = words(request), request.POST.get("why", "").strip()
    if row.revoked_at:
        return go(request, "programme_point", row.point.pk, say=t("probe_revoked_before"), wrong=True)
    if not why:
        return go(request, "programme_point", row.point.pk, say=t("probe_why"), wrong=True)
    revoke(row, user_of(request), why)
    return go(request, "programme_point", row.point.pk, say=t("probe_revoked", number=row.pk))

"""Photographs of service points: checked by content, made anew without place and camera, shown to whom they concern."""

from __future__ import annotations

import io
import secrets
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from PIL import Image, ImageOps, UnidentifiedImageError

from merata.web.changes import keep, remove
from merata.web.models import Photograph, ServicePoint
from merata.web.models.programme import PHOTOGRAPHS
from merata.web.programme.frame import go, reached, user_of, words
from merata.web.programme.said import Problem, RefusedError
from merata.web.rights import needs

MAX_BYTES = 8_000_000
#: A picture of a few kilobytes may unfold to gigabytes: more pixels than any phone takes are refused unread.
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 1600
MOST_OF_A_POINT = 20
_KINDS = ("JPEG", "PNG", "WEBP")


def cleaned(upload: UploadedFile[Any]) -> bytes:
    """The picture as an upright JPEG of at most `LONGEST_SIDE` pixels across, with nothing in it but the picture.

    Raises
    ------
    RefusedError
        It is too large, or no whole picture of a kind that is taken.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise _refused("photograph_too_large", megabytes=MAX_BYTES // 1_000_000)
    data = upload.read()
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refused("photograph_too_many_pixels", millions=MAX_PIXELS // 1_000_000)
            picture.verify()
        with Image.open(io.BytesIO(data), formats=_KINDS) as picture:
            return _made_anew(picture)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, RefusedError):
            raise
        raise _refused("photograph_not_one") from None


def _made_anew(picture: Image.Image) -> bytes:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new("RGB", upright.size, "white")
    with_alpha = upright.convert("RGBA")
    plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _refused(key: str, **values: Any) -> RefusedError:
    return RefusedError([Problem(key, values, "file")])


@needs("record points")
@require_POST
def photograph_add(request: HttpRequest, number: int) -> HttpResponse:
    """Add a photograph to a point."""
    t = words(request)
    point = reached(request, ServicePoint.objects.all(), number)
    upload, shows = request.FILES.get("file"), request.POST.get("shows", "")
    if not isinstance(upload, UploadedFile) or shows not in PHOTOGRAPHS:
        return go(request, "programme_point", number, say=t("photograph_lacks"), wrong=True)
    if point.photographs.count() >= MOST_OF_A_POINT:
        return go(
            request, "programme_point", number, say=t("photographs_enough", most=MOST_OF_A_POINT), wrong=True
        )
    try:
        picture = ContentFile(cleaned(upload), name=f"{secrets.token_hex(16)}.jpg")
    except RefusedError as refused:
        return go(request, "programme_point", number, say=refused.said(t), wrong=True)
    keep(Photograph(point=point, shows=shows, file=picture), user_of(request))
    return go(request, "programme_point", number, say=t("photograph_kept"))


@needs("see programme")
def photograph(request: HttpRequest, number: int) -> HttpResponse:
    """The picture itself, for accounts that reach its point."""
    found = reached(request, Photograph.objects.all(), number)
    try:
        stream = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(stream, content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = "inline"
    return answer  # type: ignore[return-value]  # a streaming answer, which Django takes as well


@needs("record points")
@require_POST
def photograph_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a photograph away. Its file stays, so that this can be undone."""
    found = reached(request, Photograph.objects.select_related("point"), number)
    t, point = words(request), found.point
    if point.state not in ("proposed", "verified", "contracted", "installed"):
        return go(request, "programme_point", point.pk, say=t("photograph_is_proof"), wrong=True)
    remove(found, user_of(request), why=request.POST.get("why", ""))
    return go(request, "programme_point", point.pk, say=t("photograph_removed"))

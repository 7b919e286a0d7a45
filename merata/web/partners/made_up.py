"""What partners brought in the worked example: comments on the draft, a company's fund, an operator's list. Made up."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.utils import timezone

from merata.web.cases.numbers import new_reference
from merata.web.changes import keep
from merata.web.models import (
    Comment,
    CommentRound,
    Contract,
    FundOffer,
    Organisation,
    Publication,
    ServicePoint,
    Submission,
    User,
)
from merata.web.partners.comments import answer, summed_up
from merata.web.partners.submissions import send

_MADE_UP = "(contoh rekaan, tidak ada yang nyata)"
COMPANY, FUND = "Perusahaan rekaan (contoh)", "Peduli desa (contoh)"
#: Stance, words, what came of it, and the answer.
_COMMENTS = (
    ("change", "Puskesmas pembantu sebaiknya didahulukan.", "noted", "Dicatat untuk hitungan berikutnya."),
    ("support", "Setuju, anak sekolah sudah lama menunggu.", "noted", "Terima kasih."),
    (
        "question",
        "Siapa yang membayar listriknya?",
        "not changed",
        "Desa membayar listrik, seperti di kontrak.",
    ),
    ("object", "Antena jangan di atap balai, atapnya lapuk.", "", ""),
)
_OPENED, _ENDED = dt.timedelta(days=60), dt.timedelta(days=20)
_FUND_YEARS, _FUND_IDR = 2, 750_000_000


def comments(publication: Publication, office: User) -> CommentRound:
    """A round of comments that is over, with answers and a summary: of the draft, before it is published."""
    now, today = timezone.now(), timezone.localdate()
    row = CommentRound(
        publication=publication, opened_by=office, ends=today - _ENDED,
        words=f"Apa yang harus didahulukan? {_MADE_UP}",
    )  # fmt: skip
    keep(row, office, why=row.words)
    CommentRound.objects.filter(pk=row.pk).update(opened_at=now - _OPENED)
    villages = publication.villages.exclude(year=None).order_by("code")
    for place, ((stance, words, outcome, said), village) in enumerate(zip(_COMMENTS, villages, strict=False)):
        made = Comment.objects.create(
            round=row, reference=new_reference("T"), made_by=secrets.token_hex(16), village_code=village.code,
            stance=stance, words=f"{words} {_MADE_UP}",
        )  # fmt: skip
        Comment.objects.filter(pk=made.pk).update(arrived_at=now - _OPENED + dt.timedelta(days=3 + place))
        if outcome:
            answer(made, office, look="shown", words=f"{said} {_MADE_UP}", outcome=outcome)
    return summed_up(row, office, f"Kebanyakan meminta kesehatan didahulukan. {_MADE_UP}")


def fund(office: User) -> FundOffer:
    """A company's fund, which pays the contracts of the second largest provider: what it achieved is on its page.

    It is no fund of region.toml: a plan that is there already does not reckon with it.
    """
    company, _ = Organisation.objects.get_or_create(name=COMPANY, kind="partner")
    by, new = User.objects.get_or_create(
        email="perusahaan@contoh.example", defaults={"role": "partner", "organisation": company}
    )
    if new:  # nobody logs in with it
        by.set_unusable_password()
        by.save()
    year = timezone.localdate().year
    working = ServicePoint.objects.filter(state="in service").exclude(provider=None).order_by()
    counted = working.values_list("provider").annotate(count=Count("pk")).order_by("-count", "provider")[:2]
    paid = Organisation.objects.filter(pk__in=[pk for pk, _ in counted][-1:]).first()
    row = FundOffer(
        organisation=company, by=by, fund=FUND, first_year=year, last_year=year + _FUND_YEARS, idr_per_year=_FUND_IDR,
        pays=["running"], words=f"Untuk langganan di desa yang jauh. {_MADE_UP}", state="accepted",
        reason=f"Membayar kontrak {paid or 'yang berjalan'}; rencana berikutnya menghitungnya. {_MADE_UP}",
        decided_by=office, decided_at=timezone.now(), received={str(year): _FUND_IDR // 2},
    )  # fmt: skip
    keep(row, office, why=row.reason)
    for contract in Contract.objects.filter(provider=paid):
        contract.fund = FUND
        keep(contract, office, why=row.reason, way="command")
    return row


def submission(operator: User) -> Submission:
    """An operator's list of towers, which the worker compares when it runs: some known ones told otherwise, one new."""
    from merata.region.folder import Region

    sites = Region(Path(settings.REGION)).tables()["sites"]
    known = sites[sites.geometry.notna()].sort_values("id").head(4)
    lines = ["nama site,operator,latitude,longitude,tinggi (m),teknologi"]
    for number, (point, owner) in enumerate(
        zip(known.geometry, known["operator"].fillna("Operator rekaan"), strict=True), start=1
    ):
        lines.append(f"CONTOH-{number},{owner},{point.y + 0.0003:.5f},{point.x:.5f},{30 + 9 * number},4G")
    if len(known):
        point = known.geometry.iloc[0]
        lines.append(f"CONTOH-BARU,Operator rekaan,{point.y + 0.02:.5f},{point.x + 0.02:.5f},42,4G")
    file = SimpleUploadedFile("menara-contoh.csv", "\n".join([*lines, ""]).encode())
    row, _ = send(
        operator, [file], kind="sites", date=timezone.localdate().isoformat(), confidential=False,
        words=f"Daftar menara kami {_MADE_UP}",
    )  # fmt: skip
    return row

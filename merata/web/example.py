"""The worked example's site: its plan published, a made-up programme, and an account for each role. All made up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from merata.web.challenges import made_up as made_up_challenges
from merata.web.load import load
from merata.web.models import Organisation, Publication, ServicePoint, User
from merata.web.models.people import ROLES
from merata.web.page import changed
from merata.web.partners.made_up import comments, fund, submission
from merata.web.programme import made_up_meeting
from merata.web.programme.made_up import BAD, drawn, make_up

SEED = 1
_AT = "contoh.example"
_OFFICES = {"province": "Dinas provinsi (contoh)", "regency": "Dinas kabupaten (contoh)"}


@dataclass(frozen=True)
class LogIn:
    """What somebody who tries the site logs in with; the password is a new one each time."""

    role: str
    email: str
    password: str


def set_up(region: Path) -> list[LogIn]:
    """Publish the newest run of a made-up region, make up a programme, and make an account for each role.

    Safe to repeat: what is there stays, but for passwords, which are new.
    """
    from merata.web.staff.publishing import approve, propose

    publication = load(region)
    with transaction.atomic():
        logins = _people(publication)
    province, regency = (
        User.objects.get(email=logins[ROLES.index(role)].email) for role in ("province", "regency")
    )
    if publication.state == "draft":
        comments(publication, regency)
        propose(publication.pk, regency, publication.title, "Rencana contoh, dibuat-buat.")
        approve(publication.pk, province, regency.organisation, "Disetujui untuk contoh.")
        publication.refresh_from_db()
    if not ServicePoint.objects.exists():
        make_up(publication, SEED)
        _give_provider(logins)
        _together(publication, regency, province)
    return logins


def _together(publication: Publication, regency: User, province: User) -> None:
    """What others brought: a meeting, a company's fund, an operator's list, challenges; whole or not at all."""
    operator = User.objects.get(email=f"provider@{_AT}")
    with transaction.atomic():
        made_up_meeting.make_up(publication, regency, operator.organisation)
        fund(regency)
        made_up_challenges.make_up(publication, regency, province, drawn("surat"))
        submission(operator)


def _people(publication: Publication) -> list[LogIn]:
    village = publication.villages.exclude(year=None).order_by("code").first() or publication.villages.first()
    reach = {
        "district": {"district": village.district if village else ""},
        "village": {"village_code": village.code if village else ""},
    }
    logins = []
    for role in ROLES:
        login = LogIn(role, f"{role}@{_AT}", secrets.token_urlsafe(12))
        user = User.objects.filter(email=login.email).first() or User(email=login.email)
        user.role, user.organisation = role, _organisation(role)
        for name, value in reach.get(role, {}).items():
            setattr(user, name, value)
        user.set_password(login.password)
        user.save()
        logins.append(login)
    return logins


def _organisation(role: str) -> Organisation | None:
    if role in _OFFICES:
        return Organisation.objects.get_or_create(name=_OFFICES[role], kind=role)[0]
    if role == "partner":
        return Organisation.objects.get_or_create(name="Universitas rekaan (contoh)", kind=role)[0]
    if role == "provider":  # the one that has most to look at
        rows = Organisation.objects.filter(kind=role)
        return rows.filter(name=BAD).first() or rows.first()
    return None


def _give_provider(logins: list[LogIn]) -> None:
    """The provider's account is of a made-up provider, once there is one."""
    email = logins[ROLES.index("provider")].email
    User.objects.filter(email=email).update(organisation=_organisation("provider"))
    changed()

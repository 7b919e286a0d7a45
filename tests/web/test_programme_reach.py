"""Every address of the programme, for every role, with objects of its own and of others: none is found by guessing."""

import datetime as dt
import re

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from programme_factory import Programme, logged_in, picture

from merata.web.changes import keep
from merata.web.models import (
    Case,
    Change,
    Commitment,
    Contract,
    Excuse,
    Meeting,
    Outage,
    Photograph,
    PlannedWork,
    Probe,
    Report,
    ServicePoint,
    User,
    VillageFacts,
)
from merata.web.models.people import ROLES
from merata.web.programme import addresses
from merata.web.rights import RIGHTS, reach

OWN_VILLAGE, OTHER_VILLAGE = "99.01.01.2001", "99.01.02.2002"
#: All but the page of a contest, which is a folder and no row: test_contests.py says who reaches it.
PAGES = [page for page in addresses.PAGES if page.name != "programme_predictions"]
#: The part of an address before a number -> what the number is of.
NUMBERED = {
    "titik": ServicePoint,
    "kontrak": Contract,
    "foto": Photograph,
    "perubahan": Change,
    "laporan": Report,
    "janji": Commitment,
    "kasus": Case,
    "rapat": Meeting,
    "alat-ukur": Probe,
    "sanggahan": Excuse,
    "pekerjaan": PlannedWork,
}
#: When the outage of each point began, s since 1970.
BEGAN = 1_772_000_000


@pytest.fixture
def programme(published, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = Programme()
    for n, village in enumerate((OWN_VILLAGE, OTHER_VILLAGE)):
        point = made.point(f"TL-{n}", "contracted", contract=n, village=village)
        made.photograph(point)
        now = timezone.now()
        case = Case.objects.create(
            reference=f"K{n}", village_code=village, point=point, provider=point.provider, kind="slow", since=now,
            opened_at=now, state_at=now, last_sign_at=now, state="with provider",
        )  # fmt: skip
        Report.objects.create(
            reference=f"L{n}", made_by=f"{n}", village_code=village, point=point, kind="slow", case=case,
            photo=ContentFile(picture(), name="x.jpg"),
        )  # fmt: skip
        Probe.objects.create(point=point, code_hash=f"{n}", code_ends_at=timezone.now())
        when = dt.datetime.fromtimestamp(BEGAN, dt.UTC)
        told = {
            "provider": point.provider,
            "point": point,
            "begins": when,
            "ends": when + dt.timedelta(hours=5),
        }
        Outage.objects.create(
            point=point, cause="link", counts="down", start=when, end=told["ends"], ended=True
        )
        writer = User.objects.create_user(f"{n}@contoh.example", role="provider", organisation=point.provider)
        Excuse.objects.create(
            kind="majeure", words="Banjir", by=writer, file=ContentFile(b"x", name="x.csv"), **told
        )
        PlannedWork.objects.create(what="Ganti kabel", **told)
        made.promise(village, owner=point.provider)
        Meeting.objects.create(title=f"Rapat {n}", held_on=dt.date(2026, 3, 2), host=point.provider)
        point.note = "berubah"
        keep(point, None, why="contoh", batch=f"paket{n}")
    return made


@pytest.fixture
def accounts(programme, person):
    fields = {
        "provider": {"organisation": programme.own},
        "village": {"village_code": OWN_VILLAGE},
        "district": {"district": "Muara Contoh"},
    }
    return {role: person(role, **fields.get(role, {})) for role in ROLES}


def objects(page, which):
    """The arguments of an address for the first or the second of the two objects, and the row that they mean."""
    route, values, row = str(page.pattern), {}, None
    for kind, name in re.findall(r"<(\w+):(\w+)>", route):
        if name == "number":
            model = NUMBERED[route.split("<")[0].rstrip("/").split("/")[-1]]
            row = model.objects.order_by("pk")[which]
            values[name] = row.pk
        elif name == "code":
            values[name] = (OWN_VILLAGE, OTHER_VILLAGE)[which]
            row = VillageFacts.objects.get(code=values[name])
        elif name == "batch":
            values[name] = f"paket{which}"
            row = Change.objects.get(batch=values[name])
        else:
            values[name] = {"to": "installed", "start": BEGAN}[name]
        assert kind in ("int", "str")
    return values, row


def reaches(user, row):
    if row is None or user.role in ("province", "regency"):
        return True
    if isinstance(row, Change):
        return user.role == "reader"
    if isinstance(row, VillageFacts) and user.role == "provider":
        return reach(user, ServicePoint.objects.filter(village_code=row.code)).exists()
    return reach(user, type(row).objects.filter(pk=row.pk)).exists()


def ask(client, address):
    """The answer to GET, or to POST where the page takes that only; nothing of it stays."""
    with transaction.atomic():
        answer = client.get(address)
        if answer.status_code == 405:
            answer = client.post(address)
        changed = Change.objects.count()
        transaction.set_rollback(True)
    return answer, changed


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_every_address_shows_a_role_what_it_reaches_and_nothing_else(accounts, role):
    user, before = accounts[role], Change.objects.count()
    client = logged_in(user)
    for page in PAGES:
        for which in (0, 1):
            values, row = objects(page, which)
            answer, changed = ask(client, reverse(f"id:{page.name}", kwargs=values))
            said = (page.name, role, which, answer.status_code)
            if user.role not in RIGHTS[page.callback.right]:
                assert answer.status_code == 403, said
                assert changed == before
            elif not reaches(user, row):
                assert answer.status_code == 404, said
                assert changed == before
            elif page.name == "programme_point_step" and role in ("village",):
                assert answer.status_code == 404, "its step is not the village's to do"
            else:
                assert answer.status_code in (200, 302), said
                assert "/akun/" not in answer.headers.get("Location", "")


def test_without_an_account_every_address_asks_to_log_in(programme):
    for page in PAGES:
        values, _ = objects(page, 0)
        answer, _ = ask(Client(), reverse(f"id:{page.name}", kwargs=values))
        assert answer.status_code == 302, page.name
        assert "/akun/masuk" in answer["Location"]


@pytest.fixture
def fitting(accounts):
    """The client of an office for a page, or of a provider where it is no office's."""
    clients = {role: logged_in(accounts[role]) for role in ("regency", "provider")}
    return lambda page: clients["regency" if "regency" in RIGHTS[page.callback.right] else "provider"]


def test_numbers_that_no_row_has_are_not_found(fitting):
    for page in PAGES:
        if "<int:number>" not in str(page.pattern):
            continue
        for number in (0, 999_999, 2**63, 10**30):
            values, _ = objects(page, 0)
            answer, _ = ask(fitting(page), reverse(f"id:{page.name}", kwargs={**values, "number": number}))
            assert answer.status_code == 404, (page.name, number)


def test_without_a_second_factor_nothing_changes(programme, person):
    client = Client()
    client.force_login(person("regency"))
    point = ServicePoint.objects.first()
    answer = client.post(
        reverse("id:programme_point_step", args=[point.pk, "installed"]), {"on": "2026-03-20"}
    )
    assert answer.status_code == 302
    assert "akun" in answer["Location"]
    point.refresh_from_db()
    assert point.state == "contracted"


@pytest.mark.slow
def test_every_page_is_there_in_english(fitting):
    for page in PAGES:
        values, _ = objects(page, 0)
        with transaction.atomic():
            answer = fitting(page).get(reverse(f"en:{page.name}", kwargs=values))
            transaction.set_rollback(True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            assert '<html lang="en">' in answer.content.decode(), page.name
        assert answer.status_code in (200, 302, 405), page.name

"""Accounts as offices keep them: invited once, changed and closed with a note, object by object."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.utils import timezone

from merata.errors import InputError
from merata.web.first import invite
from merata.web.models import Change, Invitation, Organisation, User
from merata.web.staff.accounts_invite import make

PASSWORD = "sandi yang panjang"
LOG_IN = "/akun/masuk/"
NEW = "kuda kertas baterai tujuh"


def enter(client, user, password=PASSWORD, path=LOG_IN, **more):
    return client.post(path, {"login": user.email, "password": password}, **more)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def link_of(letter):
    return re.search(r"https?://[^/]+(/akun/\S+)", letter.body)[1]


# accounts


def test_an_office_sees_accounts_and_changes_a_role_with_a_note(client, office, person, published):
    other = person("reader")
    page = client.get("/staf/akun/").content.decode()
    assert other.email in page
    post = {"do": "role", "role": "village", "village_code": "99.01.01.2001", "why": "pindah tugas"}
    assert client.post(f"/staf/akun/{other.pk}/", post).status_code == 302
    other.refresh_from_db()
    assert (other.role, other.village_code) == ("village", "99.01.01.2001")
    note = Change.objects.filter(model="user", key=str(other.pk)).first()
    assert (note.by, note.why, note.before["role"]) == (office, "pindah tugas", "reader")


@pytest.mark.parametrize("role", ["district", "village", "provider", "partner", "reader"])
def test_only_offices_see_accounts(client, person, role):
    target = person("reader")
    client.force_login(person(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in (
        "/staf/akun/",
        "/staf/akun/undang/",
        f"/staf/akun/{target.pk}/",
        "/staf/akun/undangan/1/tarik/",
    ):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403


def test_a_regency_does_not_reach_a_provinces_account_nor_make_one(client, office, person):
    above = person("province")
    assert client.get(f"/staf/akun/{above.pk}/").status_code == 404
    assert client.post(f"/staf/akun/{above.pk}/", {"do": "close"}).status_code == 404
    other = person("reader")
    assert client.post(f"/staf/akun/{other.pk}/", {"do": "role", "role": "province"}).status_code == 400
    other.refresh_from_db()
    assert other.role == "reader"


def test_an_account_is_changed_by_a_form_that_says_how_it_stands(client, office, person, published):
    other = person("village", village_code="99.01.01.2002")
    page = client.get(f"/staf/akun/{other.pk}/").content.decode()
    assert '<option value="village" selected>' in page
    assert 'value="99.01.01.2002"' in page
    assert 'name="do" value="close"' in page
    assert 'name="do"' not in client.get(f"/staf/akun/{office.pk}/").content.decode()


def test_an_office_takes_off_the_second_factor_of_who_lost_the_phone(client, office, person):
    other = person("provider")
    TOTP.activate(other, generate_totp_secret())
    assert client.post(f"/staf/akun/{other.pk}/", {"do": "factor", "why": "ponsel hilang"}).status_code == 302
    assert not Authenticator.objects.filter(user=other).exists()
    assert Change.objects.get(model="user", key=str(other.pk)).why == "ponsel hilang"
    assert [letter.to for letter in mail.outbox] == [[other.email]], "told by letter"
    client.post(f"/staf/akun/{office.pk}/", {"do": "factor"})
    assert Authenticator.objects.filter(user=office).exists(), "not one's own"


def test_nobody_changes_or_closes_the_own_account(client, office):
    for do in ("close", "role"):
        client.post(f"/staf/akun/{office.pk}/", {"do": do, "role": "reader"})
    office.refresh_from_db()
    assert office.is_active
    assert office.role == "regency"


def test_closing_an_account_ends_its_sessions_for_good(client, office, person):
    from django.test import Client

    other, theirs = person("reader"), Client()
    enter(theirs, other)
    assert theirs.get("/staf/").status_code == 200
    client.post(f"/staf/akun/{other.pk}/", {"do": "close", "why": "pensiun"})
    assert theirs.get("/staf/").status_code == 302
    assert enter(theirs, other)["Location"] == "/akun/ditutup/"
    client.post(f"/staf/akun/{other.pk}/", {"do": "open"})
    assert theirs.get("/staf/").status_code == 302, "what ended does not come back"
    assert enter(theirs, other)["Location"] == "/staf/"


def test_everybody_downloads_what_is_kept_about_the_own_account(client, person):
    assert client.get("/akun/data/").status_code == 302
    user = person("provider")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    kept = client.get("/akun/data/").json()["account"]
    assert (kept["email"], kept["role"], kept["tokens"]) == (user.email, "provider", [])
    assert "password" not in kept


def test_one_chooses_the_language_of_the_account(client, person):
    user = person("reader")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/akun/", {"language": "en"})["Location"] == "/en/akun/"
    user.refresh_from_db()
    assert user.language == "en"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_pages_of_offices_are_there_in_both_languages_and_no_copy_is_kept(client, office, person, prefix):
    make(office, email="baru@contoh.example", role="reader")
    for path in (
        "/staf/akun/",
        "/staf/akun/undang/",
        f"/staf/akun/{person('reader').pk}/",
        "/staf/token/",
        "/akun/",
    ):
        answer = client.get(prefix + path)
        assert answer.status_code == 200
        assert f'<html lang="{"en" if prefix else "id"}">' in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]


def test_queries_of_the_list_do_not_grow_with_the_accounts(client, office, person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/staf/akun/")  # the first use of a session is written down
    counts = []
    for _ in range(2):
        for number in range(10):
            make(office, email=f"{len(counts)}-{number}@contoh.example", role="reader")
            person("provider")
        with CaptureQueriesContext(connection) as asked:
            client.get("/staf/akun/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_no_secret_stands_in_a_change(client, office):
    make(office, email="baru@contoh.example", role="reader")
    user = User(email="lain@contoh.example", role="reader")
    user.set_password(PASSWORD)
    from merata.web.changes import keep

    keep(user, office)
    kept = str(list(Change.objects.values_list("before", "after")))
    assert "scrypt" not in kept
    assert "hash" not in kept
    assert "@" not in kept


# invitations


INVITED = {"email": "Ibu.Baru@contoh.example", "role": "provider", "organisation_new": "PT Sinyal (contoh)"}


def invited(client, **more):
    answer = client.post("/staf/akun/undang/", {**INVITED, **more})
    return answer, mail.outbox[-1] if mail.outbox else None


def test_an_invitation_becomes_an_account_once(client, office, person):
    from django.test import Client

    answer, letter = invited(client)
    assert answer.status_code == 302
    assert letter.to == ["ibu.baru@contoh.example"]
    assert "sebagai penyedia" in letter.body
    assert "as provider" in letter.body
    link, new = link_of(letter), Client()
    secret = link.split("/")[-2]
    assert secret not in str(list(Invitation.objects.values()))
    assert new.get(link).status_code == 200
    short = new.post(link, {"password1": "pendek", "password2": "pendek", "language": "id"})
    assert "id_password1_error" in short.content.decode()
    done = new.post(link, {"password1": NEW, "password2": NEW, "language": "en"})
    assert done["Location"].endswith("/akun/dua-langkah/pasang/"), "a provider changes things"
    assert new.get("/akun/dua-langkah/pasang/").status_code == 200
    user = User.objects.get(email="ibu.baru@contoh.example")
    assert (user.role, user.organisation.name, user.organisation.kind, user.language) == (
        "provider", "PT Sinyal (contoh)", "provider", "en",
    )  # fmt: skip
    again = Client().post(link, {"password1": NEW, "password2": NEW, "language": "id"})
    assert again.status_code == 410
    assert "sudah dipakai" in again.content.decode()


def test_an_ended_a_withdrawn_and_a_tampered_invitation_say_so(client, office):
    invited(client)
    link, row = link_of(mail.outbox[-1]), Invitation.objects.get()
    assert client.get(link[:-3] + "xx/").status_code == 404
    Invitation.objects.update(ends_at=timezone.now() - dt.timedelta(seconds=1))
    assert "sudah lewat" in client.get(link).content.decode()
    Invitation.objects.update(ends_at=timezone.now() + dt.timedelta(days=7))
    assert client.post(f"/staf/akun/undangan/{row.pk}/tarik/").status_code == 302
    answer = client.post(link, {"password1": NEW, "password2": NEW, "language": "id"})
    assert answer.status_code == 410
    assert "ditarik" in answer.content.decode()
    assert not User.objects.filter(email=row.email).exists()
    assert client.post(f"/staf/akun/undangan/{row.pk}/tarik/").status_code == 404


def test_a_new_invitation_makes_the_older_one_void(client, office):
    invited(client)
    first = link_of(mail.outbox[-1])
    invited(client)
    assert client.get(first).status_code == 410
    assert client.get(link_of(mail.outbox[-1])).status_code == 200


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "province", "organisation_new": "X"}, "role"),
        ({"role": "provider", "organisation_new": ""}, "organisation"),
        ({"role": "district"}, "district"),
        ({"role": "village", "village_code": "00.00"}, "village_code"),
        ({"email": "bukan surel"}, "email"),
    ],
)
def test_an_invitation_that_can_not_be_says_why_beside_the_field(client, office, published, given, field):
    answer, _ = invited(client, **given)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_a_provider_is_not_put_into_an_office(client, office):
    answer, _ = invited(client, organisation_new="", organisation=Organisation.objects.get(kind="regency").pk)
    assert answer.status_code == 400


def test_who_has_an_account_is_not_invited_again(client, office, person):
    answer, _ = invited(client, email=person("reader").email)
    assert answer.status_code == 400


def test_a_province_invites_every_role(client, person):
    user = person("province")
    RecoveryCodes.activate(user)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer, _ = invited(client, role="province", organisation_new="Provinsi Contoh")
    assert answer.status_code == 302


def test_who_takes_an_invitation_up_on_anothers_machine_is_logged_in_as_oneself(client, office):
    invited(client, role="reader", organisation_new="")
    link = link_of(mail.outbox[-1])
    done = client.post(link, {"password1": NEW, "password2": NEW, "language": "id"})
    assert done["Location"] == "/staf/", "a reader changes nothing and needs no second factor"
    assert client.get("/akun/data/").json()["account"]["email"] == "ibu.baru@contoh.example"
    assert client.get("/staf/akun/").status_code == 403


def test_whoever_invites_at_the_command_line_is_told_in_its_language_what_is_wrong(db):
    with pytest.raises(InputError) as told:
        invite("not-an-address", "regency", "", "", "")
    assert "Enter a valid email address" in str(told.value)
    assert "This role needs an office or a provider" in str(told.value)

"""Accounts: invited once, logged in with a second factor, counted when wrong, ended when closed or unused."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail

PASSWORD = "sandi yang panjang"
LOG_IN = "/akun/masuk/"
NEW = "kuda kertas baterai tujuh"


def enter(client, user, password=PASSWORD, path=LOG_IN, **more):
    return client.post(path, {"login": user.email, "password": password}, **more)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def link_of(letter):
    return re.search(r"https?://[^/]+(/akun/\S+)", letter.body)[1]


# logging in


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    [
        "/akun/masuk/",
        "/akun/lupa-sandi/",
        "/akun/lupa-sandi/terkirim/",
        "/akun/ditutup/",
        "/akun/lupa-sandi/1-abc/",
        "/akun/undangan/tidak-ada/",
    ],
)
def test_pages_before_logging_in_are_there_in_both_languages(client, db, prefix, path):
    answer = client.get(prefix + path)
    page = answer.content.decode()
    assert answer.status_code in (200, 404 if "undangan" in path else 200)
    assert f'<html lang="{"en" if prefix else "id"}">' in page
    assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "signup/",
        "email/",
        "confirm-email/",
        "login/",
        "password/set/",
        "login/code/confirm/",
        "2fa/",
        "social/signup/",
        "3rdparty/",
    ],
)
def test_pages_of_the_library_that_are_not_used_do_not_exist(client, db, path):
    for start in ("/akun/", "/en/akun/", "/accounts/"):
        assert client.get(start + path).status_code == 404


def test_a_reader_logs_in_to_the_desk_and_in_the_language_of_the_account(client, person):
    assert enter(client, person("reader"))["Location"] == "/staf/"
    client.post("/akun/keluar/")
    assert enter(client, person("reader", language="en"))["Location"] == "/en/staf/"
    client.post("/en/akun/keluar/")
    assert enter(client, person("reader"), path="/en" + LOG_IN)["Location"] == "/en/staf/"


@pytest.mark.parametrize(
    "to", ["https://lain.example/", "//lain.example/", "javascript:alert(1)", "/\\lain.example"]
)
def test_after_logging_in_one_stays_on_this_site(client, person, to):
    answer = client.post(LOG_IN, {"login": person("reader").email, "password": PASSWORD, "next": to})
    assert answer["Location"] == "/staf/"


def test_after_logging_in_one_is_where_one_wanted_to_be(client, person):
    asked = client.get("/staf/")
    assert asked["Location"] == "/akun/masuk/?next=/staf/"
    assert client.get("/en/staf/")["Location"] == "/en/akun/masuk/?next=/en/staf/"
    page = client.get("/akun/masuk/?next=/akun/").content.decode()
    assert 'name="next" value="/akun/"' in page
    answer = client.post(LOG_IN, {"login": person("reader").email, "password": PASSWORD, "next": "/akun/"})
    assert answer["Location"] == "/akun/"


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, person):
    known = enter(client, person("reader"), "salah sekali saja")
    unknown = client.post(LOG_IN, {"login": "tidak.ada@contoh.example", "password": "salah sekali saja"})
    assert known.status_code == unknown.status_code == 400

    def plain(page):
        return re.sub(r'value="[^"]*"', "", page.content.decode())

    assert plain(known) == plain(unknown)
    assert "Alamat surel atau kata sandi salah" in plain(known)


def test_after_eight_wrong_passwords_the_right_one_is_refused_too_and_the_page_says_when(client, person):
    user = person("reader")
    for _ in range(8):
        refused = enter(client, user, "salah sekali saja")
    assert refused.status_code == 429
    ninth = enter(client, user)
    assert ninth.status_code == 429
    assert "Coba lagi setelah" in ninth.content.decode()
    assert "WITA" in ninth.content.decode()
    assert int(ninth["Retry-After"]) == 900
    assert client.get("/staf/").status_code == 302, "not logged in"
    assert enter(client, user, REMOTE_ADDR="10.0.0.9").status_code == 302, (
        "from another machine it is not refused"
    )


def test_behind_a_proxy_each_machine_is_counted_by_what_the_proxy_added(client, person, settings):
    settings.SECURE = True
    user = person("reader")
    for number in range(8):
        enter(client, user, "salah sekali saja", headers={"X-Forwarded-For": f"1.2.3.{number}, 203.0.113.5"})
    assert enter(client, user, headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.5"}).status_code == 429
    assert enter(client, user, headers={"X-Forwarded-For": "203.0.113.6"}).status_code == 302


# second factor


@pytest.mark.slow
def test_who_may_change_things_sets_up_a_second_factor_and_logs_in_with_it(
    client, person, django_capture_on_commit_callbacks
):
    user = person("regency")
    assert enter(client, user)["Location"] == "/staf/"
    assert client.get("/staf/akun/")["Location"] == "/akun/dua-langkah/pasang/"
    assert client.get("/akun/dua-langkah/pasang/")["Location"].startswith("/akun/ulangi-sandi/")
    again = {"password": PASSWORD, "next": "/akun/dua-langkah/pasang/"}
    assert client.post("/akun/ulangi-sandi/", again)["Location"] == "/akun/dua-langkah/pasang/"
    page = client.get("/akun/dua-langkah/pasang/").content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r"<code>(\w+)</code>", page)[1]
    assert client.post("/akun/dua-langkah/pasang/", {"code": "000000"}).status_code == 400
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post("/akun/dua-langkah/pasang/", {"code": code_of(secret)})
    assert done["Location"] == "/akun/kode-cadangan/"
    codes = re.findall(r"<li>(\w{6,})", client.get("/akun/kode-cadangan/").content.decode())
    assert len(codes) == 10
    assert client.get("/staf/akun/").status_code == 200
    assert "Masuk dua langkah sudah aktif" in mail.outbox[-1].body, "told by letter"
    client.post("/akun/keluar/")

    assert enter(client, user)["Location"].startswith("/akun/dua-langkah/masuk/")
    assert client.get("/staf/").status_code == 302, "the password alone opens nothing"
    assert client.post("/akun/dua-langkah/masuk/", {"code": "000000"}).status_code == 400
    assert client.post("/akun/dua-langkah/masuk/", {"code": codes[0]})["Location"] == "/staf/"
    assert client.get("/staf/akun/").status_code == 200
    client.post("/akun/keluar/")

    enter(client, user)
    assert client.post("/akun/dua-langkah/masuk/", {"code": codes[0]}).status_code == 400, "a code works once"
    client.post("/akun/keluar/")
    assert client.get("/akun/masuk/").status_code == 200, "logging in can be given up half-way"


def test_a_code_of_the_app_lets_in(client, person):
    user = person("reader")
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    enter(client, user)
    assert client.get("/en/akun/dua-langkah/masuk/").status_code == 200
    assert client.post("/akun/dua-langkah/masuk/", {"code": code_of(secret)})["Location"] == "/staf/"


@pytest.mark.parametrize(
    "path", ["/akun/", "/akun/sandi/", "/akun/keluar/", "/akun/ulangi-sandi/", "/en/akun/", "/en/akun/sandi/"]
)
def test_pages_of_ones_own_account_ask_for_logging_in(client, person, path):
    if "keluar" not in path:
        assert "/akun/masuk/?next=" in client.get(path)["Location"]
    enter(client, person("reader"))
    assert client.get(path).status_code == 200


def test_the_second_factor_is_taken_off_only_after_the_password_again(client, office):
    answer = client.get("/akun/dua-langkah/lepas/")
    assert "ulang" in answer["Location"]
    assert client.get("/akun/dua-langkah/ulangi/").status_code == 200
    assert client.post("/akun/ulangi-sandi/", {"password": "bukan itu ya"}).status_code == 400
    assert client.post("/akun/ulangi-sandi/", {"password": PASSWORD}).status_code == 302
    assert client.get("/akun/dua-langkah/lepas/").status_code == 200
    assert client.get("/akun/kode-cadangan/baru/").status_code == 200
    assert client.post("/akun/kode-cadangan/baru/")["Location"] == "/akun/kode-cadangan/"
    client.post("/akun/dua-langkah/lepas/")
    assert not Authenticator.objects.filter(user=office).exists()
    assert client.get("/staf/akun/")["Location"] == "/akun/dua-langkah/pasang/"


# passwords


def test_changing_the_password_ends_all_other_sessions(client, person):
    from django.test import Client

    user, other = person("reader"), Client()
    enter(client, user)
    enter(other, user)
    wrong = client.post("/akun/sandi/", {"oldpassword": "bukan itu ya", "password1": NEW, "password2": NEW})
    assert "bukan itu" in wrong.content.decode()
    short = client.post(
        "/akun/sandi/", {"oldpassword": PASSWORD, "password1": "pendek", "password2": "pendek"}
    )
    assert short.status_code == 400
    assert 'aria-describedby="id_password1_hint id_password1_error"' in short.content.decode()
    done = client.post("/akun/sandi/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert done["Location"] == "/akun/"
    assert client.get("/staf/").status_code == 200
    assert other.get("/staf/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_letter_once(client, person):
    user = person("reader")
    known = client.post("/akun/lupa-sandi/", {"email": user.email})
    unknown = client.post("/akun/lupa-sandi/", {"email": "tidak.ada@contoh.example"})
    assert known["Location"] == unknown["Location"] == "/akun/lupa-sandi/terkirim/"
    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert "Seseorang meminta" in mail.outbox[0].body
    assert "Somebody asked" in mail.outbox[0].body
    link = link_of(mail.outbox[0])
    form = client.get(link)["Location"]
    assert client.get(form).status_code == 200
    assert client.post(form, {"password1": NEW, "password2": NEW})["Location"] == "/akun/lupa-sandi/selesai/"
    assert client.get("/akun/lupa-sandi/selesai/").status_code == 200
    assert enter(client, user, NEW).status_code == 302
    again = client.get(link)
    assert "tidak berlaku lagi" in again.content.decode()


def test_letters_for_forgotten_passwords_are_few(client, person):
    user = person("reader")
    answers = [client.post("/akun/lupa-sandi/", {"email": user.email}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert len(mail.outbox) == 3


# sessions


def test_a_session_ends_when_unused_and_after_a_working_day(client, person):
    user = person("reader")
    now = int(time.time())
    for began, seen, there in [
        (now - 60, now - 60, 200),
        (now - 60, now - 3700, 302),
        (now - 8 * 3600 - 60, now, 302),
    ]:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["began"], session["seen"] = began, seen
        session.save()
        assert client.get("/staf/").status_code == there


def test_use_is_written_down_and_does_not_put_the_end_off(client, person):
    client.force_login(person("reader"), backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/staf/")
    began = client.session["began"]
    session = client.session
    session["seen"] -= 120
    session.save()
    client.get("/staf/")
    assert client.session["began"] == began
    assert time.time() - client.session["seen"] < 60


def test_open_pages_ask_for_no_session(client, published, person, django_assert_num_queries):
    client.get("/")
    client.force_login(person("reader"), backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_num_queries(1):  # the count of changes
        assert "Cookie" not in client.get("/").get("Vary", "")

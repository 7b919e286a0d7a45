"""Everybody sees where the own account is logged in, and ends what is not known; nobody sees or ends others'."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

ANDROID = (
    "Mozilla/5.0 (Linux; Android 11; CPH2387) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile"
)
PASSWORD = "sandi yang panjang"


@pytest.fixture
def logged_in():
    def browser(user, agent=""):
        client = Client(headers={"user-agent": agent})
        client.post("/akun/masuk/", {"login": user.email, "password": PASSWORD})
        client.get("/akun/")
        return client

    return browser


def again(client):
    """The same browser, in which the password was typed once more."""
    client.post("/akun/ulangi-sandi/", {"password": PASSWORD})
    return client


def names_in(page):
    return re.findall(r'name="session" value="(\w+)"', page)


def test_ones_sessions_are_listed_and_ended_one_by_one_or_all_others(logged_in, person):
    user = person("reader")
    here, phone, third = logged_in(user), logged_in(user, ANDROID), logged_in(user)
    page = here.get("/en/akun/").content.decode()
    assert page.count("(this one)") == 1
    assert "Chrome, Android" in page
    assert "CPH2387" not in page, "which phone it is, nobody keeps"
    ends = names_in(page)
    assert len(ends) == 2
    assert again(here).post("/akun/sesi/", {"session": ends[0]}).status_code == 302
    assert sorted(other.get("/akun/").status_code for other in (phone, third)) == [200, 302]
    here.post("/akun/sesi/", {"session": ""})
    assert [other.get("/akun/").status_code for other in (phone, third, here)] == [302, 302, 200]


def test_nobody_ends_sessions_of_others(logged_in, person):
    mine, theirs = logged_in(person("reader")), logged_in(person("regency"))
    others = names_in(logged_in(person("provider")).get("/akun/").content.decode())
    assert others == [], "alone there is nothing to end"
    for session in Session.objects.all():
        assert session.session_key not in mine.get("/akun/").content.decode()
    again(mine)
    for key in Session.objects.values_list("session_key", flat=True):
        mine.post("/akun/sesi/", {"session": key})
    mine.post("/akun/sesi/", {"session": ""})
    assert theirs.get("/akun/").status_code == 200


def test_sessions_are_ended_only_after_the_password_again(logged_in, person):
    user = person("reader")
    here, other = logged_in(user), logged_in(user)
    answer = here.post("/akun/sesi/", {"session": ""})
    assert answer.status_code == 302
    assert "/akun/ulangi-sandi/" in answer["Location"]
    assert other.get("/akun/").status_code == 200

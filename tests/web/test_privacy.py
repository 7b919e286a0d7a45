"""What is kept of a person: shown whole, erased whole, and forgotten in time."""

import datetime as dt
import json

import pytest
from django.core import serializers
from django.utils import timezone

from merata.errors import MissingError
from merata.web import privacy
from merata.web.changes import keep
from merata.web.models import Change, Report, User

DAY = dt.timedelta(days=1)


def whole_database() -> str:
    from django.apps import apps

    models = [model for model in apps.get_models() if model._meta.managed]
    return "".join(serializers.serialize("json", model._default_manager.all()) for model in models)


def test_nothing_of_a_person_is_left_but_what_the_account_did(person, client):
    user, email = person("regency"), "regency1@contoh.example"
    keep(user, user, why="bahasa")
    client.post("/akun/masuk/", {"login": email, "password": "keliru sekali"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    user.role = "reader"
    keep(user, user, why="peran")
    assert email in whole_database()
    assert privacy.kept(email)["account"]["role"] == "reader"
    privacy.erase(email)
    assert email not in whole_database()
    assert Change.objects.filter(by=user, why="peran").exists()
    assert client.get("/staf/").status_code == 302, "the session ended"
    with pytest.raises(MissingError):
        privacy.kept(email)


def test_what_is_kept_holds_no_secret(person):
    user = person("regency")
    told = json.dumps(privacy.kept(user.email))
    assert user.password not in told


def test_of_an_address_that_nobody_has_nothing_is_kept(db):
    with pytest.raises(MissingError, match="niemand@contoh"):
        privacy.kept("niemand@contoh.example")


def test_old_words_of_reports_are_forgotten_and_their_count_stays(db):
    for age, made_by in ((800, "old"), (10, "new")):
        row = Report.objects.create(
            reference=made_by, made_by=made_by, village_code="99.01.01.2001", kind="slow", words="Kata"
        )
        Report.objects.filter(pk=row.pk).update(arrived_at=timezone.now() - age * DAY)
    privacy.forget()
    assert {row.made_by: row.words for row in Report.objects.all()} == {"old": "", "new": "Kata"}


def test_an_erased_account_is_still_an_account_of_nobody(person):
    user = person("regency")
    privacy.erase(user.email)
    assert not User.objects.get(pk=user.pk).has_usable_password()

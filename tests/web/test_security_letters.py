"""Letters leave in the background, sealed while they wait; no page waits for the mail server or tells by it."""

import re

import pytest
from conftest import POSTED
from django.core import mail
from django_tasks_db.models import DBTaskResult

from merata.errors import SettingsError
from merata.web import letters
from merata.web.sealed import seal, unseal


@pytest.fixture
def queue(transactional_db, settings):
    """The queue as it is on a site: letters wait for the worker."""
    settings.TASKS = {**settings.TASKS, "letters": POSTED}
    return DBTaskResult.objects.filter(queue_name=letters.QUEUE)


def test_an_address_with_an_account_and_one_without_leave_the_same_behind(client, person, queue):
    sizes = []
    for email in (person("reader").email, "orang9@contoh.example"):
        assert client.post("/akun/lupa-sandi/", {"email": email}).status_code == 302
        sizes.append(len(queue.latest("enqueued_at").args_kwargs["args"][0]))
    assert queue.count() == 2
    assert not mail.outbox, "the page sent nothing itself"
    assert abs(sizes[0] - sizes[1]) < 300
    letters.deliver(batch=True)
    assert len(mail.outbox) == 1


def test_a_letter_that_waits_tells_nothing(client, person, queue):
    user = person("reader")
    client.post("/akun/lupa-sandi/", {"email": user.email})
    kept = str(queue.get().args_kwargs)
    assert user.email not in kept
    assert "http" not in kept
    letters.deliver(batch=True)
    assert re.search(r"/akun/lupa-sandi/\S+", mail.outbox[0].body)


def test_a_mail_server_that_is_away_breaks_no_page_and_gets_the_letter_later(client, person, queue, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert client.post("/akun/lupa-sandi/", {"email": person("reader").email}).status_code == 302
    letters.deliver(batch=True)
    again = queue.get(status="READY")
    assert again.args_kwargs["args"][1] == 1
    assert again.run_after > again.enqueued_at
    assert queue.filter(status="SUCCESSFUL").count() == 1


def test_letters_that_were_sent_are_forgotten(client, person, queue, monkeypatch):
    client.post("/akun/lupa-sandi/", {"email": person("reader").email})
    letters.deliver(batch=True)
    assert queue.count() == 1
    monkeypatch.setattr(letters, "_KEPT", -letters.AGAIN[0])
    letters.forget()
    assert queue.count() == 0


def test_what_is_sealed_is_read_by_its_own_key_only(settings):
    sealed = seal("rahasia", "letter")
    assert "rahasia" not in sealed
    assert unseal(sealed, "letter") == "rahasia"
    with pytest.raises(SettingsError):
        unseal(sealed, "second factor")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    with pytest.raises(SettingsError, match="another key"):
        unseal(sealed, "letter")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed, "letter") == "rahasia"

"""Asks addresses that were found, in browsers of accounts, over rows of two parties: for tests that attack the site."""

import logging
import re
from contextlib import contextmanager

import one_of_each as world
import site_factory
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client, override_settings
from one_of_each import NUMBERS

from merata.web.models import Change


@contextmanager
def whole_site(blocker, folder):
    """One row of every kind of two parties and accounts of both, while the block runs; then they are taken back."""
    logging.disable(logging.CRITICAL)  # each refusal has a trace in it
    try:
        # By this function, which also tells those who remember where files lie.
        with override_settings(MEDIA_ROOT=folder), blocker.unblock(), transaction.atomic():
            site_factory.publication()
            world.one_of_each()
            yield world.accounts()
            transaction.set_rollback(True)
    finally:
        logging.disable(logging.NOTSET)


def address(entrance, which=0):
    """An address with its parameters filled by what is of a party."""
    told = {
        "index": 0, "a": 1, "b": 1, "to": "installed",
        "start": world.BEGAN, "batch": f"paket{which}", "code": world.VILLAGES[which], "which": "bukti", "name": "desa",
        "kind": "csv", "period": "2026-03", "slug": "x", "sha256": "0" * 64, "secret": "x" * 20, "file": "board.csv",
        "reference": "LAAAAAAA", "rest": "none", "uidb36": "1", "key": "x-y",
    }  # fmt: skip
    route = re.sub(
        r"\^|\$|\(\?P<(\w+)>[^)]*\)", lambda found: f"<{found[1]}>" if found[1] else "", entrance.route
    )

    def filled(found):
        kind, name = found.groups()
        return str(told.get(name, NUMBERS[which] if kind == "int:" else "x"))

    return "/" + re.sub(r"<(\w+:)?(\w+)>", filled, route)


def browser(user, factor=True, **options):
    """One in which an account has logged in."""
    if factor:
        Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "x"}})
    client = Client(**options)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ask(client, method, path, **more):
    """The answer; nothing of what it did stays."""
    with transaction.atomic():
        answer = getattr(client, method)(path, **more)
        answer.changes = Change.objects.count()
        transaction.set_rollback(True)
    return answer


def text_of(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")

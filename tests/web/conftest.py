"""What the tests of the site share: publications made of a few rows, and people of every role."""

import itertools
import os
import shutil

import django
import pytest

# The browser of some tests brings a loop of its own into the thread that the tests run in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# Here and not at the first test: what the tests of this folder import are models.
django.setup()

from django.conf import settings as of_site  # noqa: E402

# The files of the site as they lie in the source: no collected ones with their contents in their names.
of_site.STORAGES = {
    **of_site.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}  # fmt: skip

import site_factory  # noqa: E402

from merata.web.models import Organisation, User  # noqa: E402


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def published(db):
    """A published plan of a made-up region: three districts of four villages."""
    return site_factory.publication()


@pytest.fixture
def person(db):
    """Makes an account: person('provider', organisation=…)."""
    number = itertools.count(1)

    def made(role, **fields):
        if "organisation" not in fields and role in ("province", "regency", "provider", "partner"):
            fields["organisation"] = Organisation.objects.get_or_create(name=f"Kantor {role}", kind=role)[0]
        return User.objects.create_user(
            f"{role}{next(number)}@contoh.example", "sandi yang panjang", role=role, **fields
        )

    return made


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("Chromium is not here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        started = running.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()

"""What the tests of the site share: publications made of a few rows, and people of every role."""

import datetime as dt
import itertools
from pathlib import Path

import django
import pytest

# Here and not at the first test: what the tests of this folder import are models.
django.setup()

from django.conf import settings as of_site  # noqa: E402

# The files of the site as they lie in the source: no collected ones with their contents in their names.
of_site.STORAGES = {
    **of_site.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}  # fmt: skip

# Hashing a password takes a third of a second by design, and people of the tests log in often.
of_site.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Counts in memory and letters at once, but where a test is about them.
COUNTED, POSTED = of_site.CACHES["default"], of_site.TASKS["letters"]
of_site.CACHES = {**of_site.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
of_site.TASKS = {
    **of_site.TASKS, "letters": {**POSTED, "BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
}  # fmt: skip

import score_factory  # noqa: E402
import site_factory  # noqa: E402
from django.utils import timezone  # noqa: E402
from serving import made_up_region, serving  # noqa: E402

from merata.web.models import Commitment, Contract, Organisation, Payment, ServicePoint, User  # noqa: E402

HERE = Path(__file__).resolve().parent
#: Marks of those tests of this folder that run on SQLite whatever else was tried.
ON_SQLITE = ("browser", "engine", "apart", "both")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == HERE and not any(item.get_closest_marker(mark) for mark in ON_SQLITE):
            item.add_marker(pytest.mark.site)


@pytest.fixture(autouse=True)
def _empty_cache():
    from django.core.cache import caches

    from merata.web import memory

    memory.forget()
    for name in of_site.CACHES:
        caches[name].clear()


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


@pytest.fixture
def office(person, client):
    """An office's person who is logged in, with a second factor."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = person("regency")
    TOTP.activate(user, generate_totp_secret())
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return user


@pytest.fixture
def providers(published):
    """Two providers, each with a contract, two points, a payment and promises."""
    day = dt.date(2026, 3, 1)
    made = {}
    for number, name in enumerate(("PT Satu (contoh)", "PT Dua (contoh)")):
        provider = Organisation.objects.create(name=name, kind="provider")
        contract = Contract.objects.create(
            number=f"K-{number}", provider=provider, fund="APBD (contoh)", starts=day, ends=dt.date(2026, 12, 31),
            fee_idr_per_month=1_500_000, down_mbps=20, up_mbps=5,
        )  # fmt: skip
        made[name] = provider
        for place in (1, 2):
            code = f"99.01.0{number + 1}.200{place}"
            promise = Commitment.objects.create(
                village_code=code,
                level="working",
                option="leo",
                year=2025,
                publication=published,
                owner=provider,
            )
            ServicePoint.objects.create(
                code=f"TL-{number}{place}", village_code=code, place="Kantor Desa", option="leo", provider=provider,
                contract=contract, state="contracted" if place == 1 else "in service", since=day, commitment=promise,
                facility_key=f"{code}-village office", note="rahasia dapur", equipment="Antena",
            )  # fmt: skip
        Payment.objects.create(contract=contract, month=day, amount_idr=3_000_000, paid_on=day)
    Commitment.objects.create(village_code="99.01.03.2003", level="basic", option="leo", year=2025)
    score_factory.scores()
    return made


@pytest.fixture
def bearer(person):
    """Makes a token of an account of a role: bearer('provider', 'points', organisation=…)."""

    from merata.web.staff.tokens import make

    def made(role, *scopes, **fields):
        user = person(role, **fields)
        _, secret = make(user, "uji", list(scopes), timezone.localdate() + dt.timedelta(days=30))
        return {"Authorization": f"Bearer {secret}"}

    return made


#: A large region with a made-up programme and an account of an office: what the browser looks at.
SITE = f"""
import partners_factory, score_factory, site_large
from merata.web.models import Organisation, Publication, ServicePoint, User
site_large.publication()
score_factory.scores(list(ServicePoint.objects.select_related("provider").order_by("pk")[:40]))
office = Organisation.objects.create(name="Dinas (contoh)", kind="regency")
partners_factory.everything(Publication.objects.order_by("pk").last())
User.objects.create_user("{site_factory.OFFICE}", "{site_factory.PASSWORD}", role="regency", organisation=office)
"""


@pytest.fixture(scope="session")
def site_region(tmp_path_factory):
    """The region's folder of the site that all tests of the browser share."""
    return made_up_region(tmp_path_factory.mktemp("wilayah"), SITE)


@pytest.fixture(scope="session")
def site(site_region):
    """The address of one real site for all tests of the browser."""
    with serving(site_region) as address:
        yield address

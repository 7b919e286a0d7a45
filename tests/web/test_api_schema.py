"""The API against its own description: calls made from it are answered as it says, and none is a fault."""

import datetime as dt

import pytest
import schemathesis
import site_factory
from django.core import signals
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from merata.web.models import Organisation, ServicePoint, User
from merata.web.staff.tokens import make
from merata.web.wsgi import application

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def described(db, monkeypatch):
    """The description, and the header of a token that may do everything."""
    from merata.web.api import doors

    monkeypatch.setattr(doors.OPEN, "most", 1_000_000)
    monkeypatch.setattr(doors.BY_TOKEN, "most", 1_000_000)
    site_factory.publication()
    office = Organisation.objects.create(name="Dinas (contoh)", kind="regency")
    ServicePoint.objects.create(
        code="TL-1", village_code="99.01.01.2001", place="Kantor", option="leo", since=dt.date(2026, 1, 1)
    )
    user = User.objects.create_user("kantor@contoh.example", role="regency", organisation=office)
    _, secret = make(user, "uji", ["read", "points"], timezone.localdate() + dt.timedelta(days=9))
    # As Django's own test client does: the connection that holds the test's rows stays open after each call.
    monkeypatch.setattr(signals.request_started, "receivers", [])
    monkeypatch.setattr(signals.request_finished, "receivers", [])
    for signal in (signals.request_started, signals.request_finished):
        monkeypatch.setattr(signal, "sender_receivers_cache", type(signal.sender_receivers_cache)())
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    return schema, {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}


@pytest.mark.slow
def test_calls_made_from_the_description_are_answered_as_it_says(described):
    schema, headers = described
    operations = [operation.ok() for operation in schema.get_all_operations()]
    assert len(operations) >= 14
    for operation in operations:
        _try(operation, headers)


def _try(operation, headers):
    @settings(
        max_examples=20, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def one(case):
        case.call_and_validate(headers=headers, checks=CHECKS)

    one()

"""Open pages are kept, and never shown again once anything changed, whichever process changed it."""

import threading

import pytest
import site_factory
from django.db import connection, transaction

from merata.web.models import SiteVersion
from merata.web.page import changed


def elsewhere(work):
    """Do something as another process would: by a connection of its own, which knows nothing of what is kept here."""
    troubles = []

    def run():
        try:
            work()
        except Exception as error:  # told where the test waits
            troubles.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert troubles == []


@pytest.mark.django_db(transaction=True)
def test_what_another_process_changed_is_seen_at_the_next_request(client):
    made = site_factory.publication()
    address = "/desa/99.01.01.2001/"
    before = client.get(address)
    assert "Desa Baru" not in before.content.decode()
    assert client.get(address, headers={"If-None-Match": before["ETag"]}).status_code == 304

    def rename():
        with transaction.atomic():
            made.villages.filter(code="99.01.01.2001").update(name="Desa Baru (contoh)")
            changed()

    elsewhere(rename)
    after = client.get(address, headers={"If-None-Match": before["ETag"]})
    assert (after.status_code, "Desa Baru" in after.content.decode()) == (200, True)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_did_not_come_to_be_leaves_what_is_kept(client):
    site_factory.publication()
    before = client.get("/")

    @transaction.atomic
    def fail():
        changed()
        transaction.set_rollback(True)

    count = SiteVersion.objects.get(pk=1).number
    elsewhere(fail)
    assert SiteVersion.objects.get(pk=1).number == count
    assert client.get("/", headers={"If-None-Match": before["ETag"]}).status_code == 304

"""A PostgreSQL is dumped while the site is at work, and goes whole into an empty one."""

import pytest
from django.db import connection

from merata.backup import database
from merata.errors import MerataError
from merata.web.models import Organisation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="the site's database is not PostgreSQL here"
    ),
]


def address(name=""):
    said = connection.settings_dict
    own = {
        "dbname": name or said["NAME"],
        "user": said["USER"],
        "password": said["PASSWORD"],
        "host": said["HOST"],
    }
    return {**own, **{word: str(value) for word, value in said["OPTIONS"].items() if isinstance(value, str)}}


@pytest.mark.django_db(transaction=True)
def test_a_database_is_dumped_and_goes_into_an_empty_one_only(tmp_path):
    Organisation.objects.create(name="Kantor Contoh", kind="regency")
    rows = database.copy_postgres(address(), tmp_path / "dump")
    assert rows["web_organisation"] == 1
    with pytest.raises(MerataError, match="tables already"):
        database.restore_postgres(address(), tmp_path / "dump")
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE restored")
    try:
        assert database.restore_postgres(address("restored"), tmp_path / "dump") == rows
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE restored")

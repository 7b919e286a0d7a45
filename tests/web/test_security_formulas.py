"""No cell of a file that leaves is a formula: a village, an office and a place that are named like one."""

import csv
import io
import json

import openpyxl
import pytest
import site_factory
from programme_factory import Programme

from merata.region.formula import is_formula
from merata.web.models import Commitment, FacilityFacts, Organisation, Publication, ServicePoint, VillageFacts
from merata.web.page import changed
from merata.web.programme.sheet import workbook
from merata.web.public.tables import TABLES
from merata.web.words import tongue

NASTY = "=1+1"


@pytest.fixture
def nasty(providers):
    """Every text that somebody may choose is one that a spreadsheet would run."""
    VillageFacts.objects.update(name=NASTY, district="@SUM(A1)")
    FacilityFacts.objects.update(name="+1")
    Publication.objects.update(title=NASTY)
    for number, row in enumerate(Organisation.objects.all()):
        Organisation.objects.filter(pk=row.pk).update(name=f"{NASTY}{number}")
    ServicePoint.objects.update(place="-1+1", equipment="\t=1", power=NASTY, note=NASTY)
    Commitment.objects.update(reason=NASTY, place="@x", fund=NASTY)
    changed()


def cells(text):
    return [cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row]


def is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True


def test_no_cell_of_the_open_data_is_a_formula(client, nasty):
    seen = 0
    for table in TABLES.values():
        path = f"/data/{table.name}.csv"
        answer = client.get(path)
        if answer.status_code == 404:
            continue
        found = [cell for cell in cells(answer.content.decode()) if is_formula(cell) and not is_number(cell)]
        assert not found, (path, found[:3])
        seen += f"'{NASTY}" in answer.content.decode()
    assert seen >= 4, "the names are in the files, made harmless"


def test_no_cell_of_a_comparison_is_a_formula(client, nasty):
    second = site_factory.publication(number=2)
    second.villages.update(name=NASTY, district=NASTY, year=2030)
    changed()
    found = cells(client.get("/data/banding/1-2/banding-desa.csv").content.decode())
    assert f"'{NASTY}" in found
    assert not [cell for cell in found if is_formula(cell) and not is_number(cell)]


def test_other_programs_get_names_as_they_are(client, nasty):
    """GeoJSON and the API are not opened as sheets: nothing is put before a name."""
    names = {one["properties"]["name"] for one in client.get("/data/desa.geojson").json()["features"]}
    assert names == {NASTY}
    assert json.loads(client.get("/api/v1/villages").content)["items"][0]["name"] == NASTY


def test_no_cell_of_the_sheet_to_fill_in_is_a_formula(published):
    made = Programme()
    made.point("TL-9", "in service")
    VillageFacts.objects.update(name=NASTY, district="@SUM(A1)")
    ServicePoint.objects.update(place="-1+1", equipment="\t=1", note=NASTY)
    for language in ("id", "en"):
        data = workbook(list(ServicePoint.objects.all()), tongue(language))
        found = [
            c for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2) for c in row
        ]
        texts = [cell.value for cell in found if isinstance(cell.value, str)]
        assert f"'{NASTY}" in texts
        assert not [cell for cell in found if cell.data_type == "f"]
        assert not [text for text in texts if is_formula(text)]

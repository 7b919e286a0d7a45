"""Statistics on the site: the register, each indicator with breaks and revisions, files, API, catalogue, embed."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pyshacl
import pytest
import rdflib
from rdflib import namespace

from merata.publish import series
from merata.publish.areas import Area
from merata.publish.indicators import INDICATORS, NOT_GIVEN, TOTAL
from merata.publish.observed import Observation
from merata.publish.statistics_files import write
from merata.publish.statistics_tables import SERIES, Statistics
from merata.web.page import changed

AREAS = [Area("99.01", "Kabupaten Contoh", "region"), Area("99.01.01", "Muara Contoh", "district", "99.01"),
         Area("99.01.01.2001", "=Tanjung", "village", "99.01.01")]  # fmt: skip
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
#: The shapes of DCAT-AP 2.1.1 as its makers publish them: classes, ranges.
SHAPES = Path(__file__).parents[1] / "publish" / "schemas" / "dcat_ap"
#: What ckanext-dcat asks besides: it finds a dataset again by its identifier, and harvests files.
HARVESTED = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
  sh:property [ sh:path dct:identifier ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ,
    [ sh:path dcat:contactPoint ; sh:minCount 1 ; sh:class vcard:Organization ] ,
    [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] .
"""
#: Recommended, and not said: no term of the profile's lists fits, or it is not known.
UNSAID = {"temporal", "availability", "issued", "type", "bbox", "centroid"}


def number(indicator, area="99.01", period="2025", **fields):
    told = {"value": 0.5, "known_by": "made up", "boundary": "aaaaaaaa", "run": "r", **fields}
    freq = "M" if "-" in period else "A"
    return Observation(indicator, area, freq, period, **told)


@pytest.fixture
def region(settings, tmp_path, published):
    """A region's folder with a few statistics: one revised, one kept back, one broken, one provisional."""
    (tmp_path / "region.toml").write_text(f'[region]\nname = "Contoh"\n[standards]\nlicence = "{LICENCE}"\n')
    settings.REGION = tmp_path
    first = [
        number("PEOPLE_PROMISED", low=0.4, high=0.6),
        number("PEOPLE_PROMISED", "99.01.01", value=0.7, low=0.6, high=0.8),
        number("PEOPLE_PROMISED", sex="F", value=0.48),
        number("PEOPLE_PROMISED", sex="M", value=0.52),
        number("SDG_9C1", technology="2G", value=0.9, low=0.8, high=0.95),
        number("SDG_9C1", technology="4G", value=0.7, low=0.6, high=0.8),
        number("PEOPLE_LEVEL", level="none", value=None, status="Q"),
        number("PEOPLE_LEVEL", level="basic", value=1200.0),
        number("AVAILABILITY", period="2026-01", value=0.97, low=0.9, high=0.99, status="P"),
    ]
    series.publish(tmp_path, first, "2025-07-01")
    series.publish(tmp_path, [replace(first[0], value=0.55)], "2025-09-01", "<b>counted again</b>")
    series.publish(tmp_path, [number("PEOPLE_PROMISED", period="2026", boundary="bbbbbbbb")], "2026-07-01")
    made = Statistics("Kabupaten Contoh", True, AREAS, series.read(tmp_path), LICENCE)
    write(tmp_path, made)
    changed()
    return tmp_path


def text(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_register_shows_every_indicator_with_its_newest_figure(client, region):
    page = text(client, "/en/statistik/")
    for one in INDICATORS.values():
        assert one.name[1] in page.replace("&#39;", "'")
        assert f"/en/statistik/{one.code}/" in page
    assert "50.0% b" in page
    assert "97.0% p" in page
    assert all(key in page for key in NOT_GIVEN)
    assert "Statistik" in text(client, "/statistik/")


def test_an_indicator_shows_its_metadata_series_breaks_and_every_publication(client, region):
    page = text(client, "/en/statistik/PEOPLE_PROMISED/")
    one = INDICATORS["PEOPLE_PROMISED"]
    for field in ("concept", "definition", "interpretation", "formula", "measure", "source", "office"):
        assert html.escape(getattr(one, field)[1]).replace("&#x27;", "&#39;") in page, field
    assert re.search(r"2026<td class=\"n\">50\.0% b", page)
    assert re.search(r"2025<td class=\"n\">55\.0% r", page)
    assert "Muara Contoh<td" in page
    rows = re.findall(r"<tr><td>([^<]*)<td>(\d{4})<td class=\"n\">([^<]*)", page.replace("\u00a0", " "))
    assert rows == [
        ("1 July 2026", "2026", "50.0%"),
        ("1 September 2025", "2025", "55.0%"),
        ("1 July 2025", "2025", "50.0%"),
    ]
    assert "&lt;b&gt;counted again" in page
    assert re.search(r'<td class="n">c<td class="n">1,200', text(client, "/en/statistik/PEOPLE_LEVEL/"))
    assert re.search(r'<th scope="row">women<td class="n">48.0%', page)
    networks = text(client, "/statistik/SDG_9C1/")
    assert re.search(r'<th scope="row">2G<td class="n">90,0%', networks)
    assert re.search(r'<th scope="row">2025<td class="n">70,0%', networks), "the headline is 4G's"


def test_pages_are_there_before_anything_was_published(client, published):
    assert "merata indicators" in text(client, "/statistik/")
    assert "merata indicators" in text(client, "/statistik/GINI/")
    assert client.get("/data/statistik/series.csv").status_code == 404


@pytest.mark.parametrize("path", ["/statistik/NONE/", "/statistik/NONE/sematan/", "/data/statistik/NONE.csv",
                                  "/data/statistik/..%2Fregion.toml", "/data/statistik/region.toml"])  # fmt: skip
def test_what_is_not_there_is_said_not_to_be(client, region, path):
    assert client.get(path).status_code == 404


def test_files_are_those_of_the_folder_and_an_indicators_own(client, region):
    assert (
        client.get("/data/statistik/observations.csv").content
        == (region / "statistics" / "observations.csv").read_bytes()
    )
    assert client.get("/data/statistik/statistics.xlsx")["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(text(client, "/data/statistik/PEOPLE_PROMISED.csv"))))
    assert list(rows[0]) == list(SERIES)
    told = [(r["area"], r["period"], r["status"], r["publications"]) for r in rows if r["sex"] == TOTAL]
    assert told == [
        ("99.01", "2025", "A", "2"),
        ("99.01", "2026", "B", "1"),
        ("99.01.01", "2025", "A", "1"),
    ]
    areas = text(client, "/data/statistik/areas.csv")
    assert "'=Tanjung" in areas, "a name that a spreadsheet would run is made harmless"


def test_a_new_publication_shows_at_once(client, region):
    before = client.get("/en/statistik/GINI/")
    assert "0.250" not in before.content.decode()
    series.publish(region, [number("GINI", value=0.25)], "2026-08-01")
    answer = client.get("/en/statistik/GINI/", headers={"If-None-Match": before["ETag"]})
    assert answer.status_code == 200
    assert "0.250" in answer.content.decode()
    assert client.get("/en/statistik/GINI/", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get("/api/v1/indicators/GINI/series").json()["total"] == 1


def test_programs_read_the_register_and_series_with_their_revisions(client, region):
    register = client.get("/api/v1/indicators?limit=100").json()
    assert [one["code"] for one in register["items"]] == list(INDICATORS)
    told = client.get("/api/v1/indicators/PEOPLE_PROMISED/series?area=99.01&sex=_T").json()
    assert [(one["period"], one["value"], one["status"]) for one in told["items"]] == [
        ("2025", 0.55, "A"),
        ("2026", 0.5, "B"),
    ]
    assert told["items"][0]["before"] == [
        {"published": "2025-07-01", "value": 0.5, "status": "A", "why": "first"}
    ]
    hidden = client.get("/api/v1/indicators/PEOPLE_LEVEL/series?status=Q").json()
    assert [one["value"] for one in hidden["items"]] == [None]
    assert client.get("/api/v1/indicators/NONE/series").status_code == 404


def test_only_the_embed_may_stand_in_a_frame(client, region):
    embed, page = (
        client.get("/en/statistik/PEOPLE_PROMISED/sematan/"),
        client.get("/en/statistik/PEOPLE_PROMISED/"),
    )
    assert "frame-ancestors *" in embed["Content-Security-Policy"]
    assert "script-src 'self'" in embed["Content-Security-Policy"]
    assert "X-Frame-Options" not in embed
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    said = embed.content.decode()
    assert "<script" not in said
    assert "50.0% b" in said
    assert "/statistik/PEOPLE_PROMISED/sematan/" in page.content.decode()


def test_the_catalogue_keeps_to_dcat_and_its_files_are_there(client, region):
    answer = client.get("/katalog.jsonld")
    assert answer["Content-Type"].startswith("application/ld+json")
    graph = rdflib.Graph().parse(data=answer.content, format="json-ld")
    shapes = rdflib.Graph().parse(data=HARVESTED, format="turtle")
    for name in ("shapes", "range"):
        shapes.parse(SHAPES / f"{name}.ttl")
    valid, _, said = pyshacl.validate(graph, shacl_graph=shapes)
    assert valid, said
    wished = rdflib.Graph().parse(SHAPES / "shapes_recommended.ttl")
    found = pyshacl.validate(graph, shacl_graph=wished)[1]
    assert {
        re.split("[/#]", str(path))[-1] for path in found.objects(None, namespace.SH.resultPath)
    } == UNSAID
    bare = rdflib.Graph() + graph
    bare.remove((None, namespace.DCTERMS.publisher, None)).remove((None, namespace.DCAT.accessURL, None))
    assert not pyshacl.validate(bare, shacl_graph=shapes)[0]
    for predicate in set(graph.predicates()):
        for words in (namespace.DCAT, namespace.DCTERMS, namespace.FOAF):
            assert not str(predicate).startswith(str(words)) or predicate in words, predicate
    files = {str(one) for one in graph.objects(None, namespace.DCAT.downloadURL)}
    assert any(one.endswith("/data/statistik/series.sdmx.csv") for one in files)
    for one in sorted(files):
        assert client.get(re.sub(r"^https?://[^/]+", "", one)).status_code == 200, one


def test_data_json_has_what_harvesters_ask_of_each_dataset(client, region):
    told = json.loads(text(client, "/data.json"))
    assert told["conformsTo"] == "https://project-open-data.cio.gov/v1.1/schema"
    assert len({one["identifier"] for one in told["dataset"]}) == len(told["dataset"])
    for one in told["dataset"]:
        for name in (
            "title",
            "description",
            "keyword",
            "modified",
            "publisher",
            "contactPoint",
            "accessLevel",
            "license",
        ):
            assert one[name], name
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", one["modified"])
        assert all(
            file["downloadURL"].startswith("http") and "/" in file["mediaType"]
            for file in one["distribution"]
        )
    assert (
        next(one for one in told["dataset"] if one["identifier"].endswith("#statistik"))["accrualPeriodicity"]
        == "R/P1Y"
    )

"""Decisions in a form: added, changed, taken away with their reasons, villages by name; wrong ones told, not kept."""

import pytest
import tomlkit
from office import TOML, logged_in, region_at
from test_plans import saved, text_of

from merata.region.settings import load_settings
from merata.region.settings_rules import DecideSettings
from merata.web.models import Change
from merata.web.sentences import SENTENCES
from merata.web.staff.plans_decide import FIELDS

PATH = "/staf/rencana/keputusan/"
TWO = """
# Dewan memutuskan ini pada bulan Maret.
[[plan.decide]]
decision = "postpone"
village = "99.01.01.2002"
year = 2026
reason = "jalan putus"  # sampai jembatan selesai

[[plan.decide]]
decision = "forbid"
option = "geo"
reason = "terlalu lambat"
"""


@pytest.fixture
def region(tmp_path, settings, published):
    settings.REGION = region_at(tmp_path / "region", TOML + TWO)
    return settings.REGION


@pytest.fixture
def office(person):
    return logged_in(person("regency"))


def decisions(region):
    return load_settings(region / "region.toml").plan.decide


def row(number, **values):
    return {f"decide.{number}.{name}": value for name, value in values.items()}


def test_sent_back_as_it_was_shown_nothing_changes(region, office):
    assert saved(office, PATH).status_code == 302
    assert text_of(region) == TOML + TWO
    assert not Change.objects.exists()


@pytest.mark.parametrize("said", ["99.01.02.2003", "Tanjung Rekaan 3", "tanjong rekaan 3, hulu rekaan"])
def test_a_decision_is_added_with_the_village_as_it_is_spoken(region, office, said):
    new = row(
        2, decision="fix", village=said, option="leo", year="2027", fund="APBD (contoh)", reason="dekat jalan"
    )
    assert saved(office, PATH, **new).status_code == 302
    added = decisions(region)[-1]
    assert (added.decision, added.village, added.option, added.year) == ("fix", "99.01.02.2003", "leo", 2027)
    assert text_of(region).startswith(TOML + TWO), "what stood there stays as it was written"
    change = Change.objects.get()
    assert change.after["plan.decide.fix 99.01.02.2003 leo.reason"] == "dekat jalan"
    assert (change.why, change.by.role) == ("usulan rapat", "regency")


def test_a_decision_is_changed_and_its_comment_stays(region, office):
    assert saved(office, PATH, **row(0, year="2027", reason="jembatan belum selesai")).status_code == 302
    assert decisions(region)[0].year == 2027
    assert "# sampai jembatan selesai" in text_of(region)
    change = Change.objects.get()
    assert change.before["plan.decide.postpone 99.01.01.2002.year"] == 2026
    assert change.after["plan.decide.postpone 99.01.01.2002.year"] == 2027


def test_a_decision_is_taken_away_and_the_history_keeps_it(region, office):
    assert saved(office, PATH, **row(0, drop="1")).status_code == 302
    assert [one.option for one in decisions(region)] == ["geo"]
    change = Change.objects.get()
    assert change.before["plan.decide.postpone 99.01.01.2002.reason"] == "jalan putus"
    assert not [name for name in change.before if "geo" in name], "the other one did not change"


def test_the_first_decision_of_a_region_finds_its_place(region, office):
    (region / "region.toml").write_text("[region]\nname = 'Contoh'\n", encoding="utf-8")
    assert saved(office, PATH, **row(0, decision="forbid", option="geo", reason="lambat")).status_code == 302
    assert [one.option for one in decisions(region)] == ["geo"]


def test_decisions_that_stand_in_one_line_can_be_changed_too(region, office):
    text = '[plan]\ndecide = [{decision = "forbid", option = "geo", reason = "lambat"}]\n'
    (region / "region.toml").write_text(text, encoding="utf-8")
    new = row(1, decision="forbid", option="fibre", reason="hutan lindung")
    assert saved(office, PATH, **new).status_code == 302
    assert [one.option for one in decisions(region)] == ["geo", "fibre"]
    assert tomlkit.parse(text_of(region))["plan"]["decide"][0]["reason"] == "lambat"


@pytest.mark.parametrize(
    ("changed", "place", "told"),
    [
        (row(2, decision="fix", village="99.01.01.2001", reason="x"), "decide.2", "keputusan “tetap” butuh tahun"),
        (row(0, village=""), "decide.0", "tidak menyebut tentang apa"),
        (row(0, reason=""), "decide.0.reason", "wajib diisi"),
        (row(0, year="besok"), "decide.0.year", "bukan bilangan bulat"),
        (row(2, decision="", village="99.01.01.2001", reason="x"), "decide.2.decision", "Pilih apa"),
        (row(2, decision="forbid", village="zzzzqq", reason="x"), "decide.2.village", "tidak ada desa"),
        (row(2, decision="forbid", village="tanjung", reason="x"), "decide.2.village", "beberapa desa"),
        (row(2, decision="forbid", option="kawat", reason="x"), "decide.2.option", "tidak ada cara"),
        (row(2, decision="force", village="99.01.01.2002", year="2025", reason="x"), "plan", "bertentangan"),
        # The first row goes, so the wrong one is the second of region.toml: it is told beside its own field.
        (row(0, drop="1") | row(2, decision="fix", site="m1", reason="x"), "decide.2", "“tetap” butuh tahun"),
    ],
)  # fmt: skip
def test_a_wrong_decision_is_told_in_its_place_and_never_kept(region, office, changed, place, told):
    answer = saved(office, PATH, **changed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    assert f'href="#f-{place}"' in page
    assert f'id="f-{place}"' in page
    assert text_of(region) == TOML + TWO
    assert not Change.objects.exists()


def test_only_who_may_change_plans_sees_the_form(region, person):
    for role in ("reader", "district", "provider", "village officer"):
        fields = {"district": "Muara Contoh"} if role == "district" else {}
        assert logged_in(person(role, **fields)).get(PATH).status_code == 403
    assert logged_in(person("province")).get(PATH).status_code == 200


def test_the_form_names_the_village_and_says_it_in_both_languages(region, office):
    page = office.get(PATH).content.decode()
    assert "<b>Sungai Contoh 2, Muara Contoh</b>" in page
    assert "A new decision" in office.get(f"/en{PATH}").content.decode()


def test_every_setting_of_a_decision_is_asked_and_has_its_words():
    assert {field.path[-1] for field in FIELDS} | {"paid"} == set(DecideSettings.model_fields)
    for name in DecideSettings.model_fields:
        assert all(SENTENCES[f"set_decide_{name}"])
        assert all(SENTENCES[f"why_decide_{name}"])

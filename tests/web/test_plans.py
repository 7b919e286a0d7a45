"""Settings in forms that explain themselves: kept with their comments, refused when wrong, noted with the reason."""

import re

import pytest
from office import TOML, logged_in, region_at

from merata.errors import InputError
from merata.region.settings import load_settings
from merata.web.changes import undo
from merata.web.models import Change, Job
from merata.web.sentences import SENTENCES
from merata.web.staff.plans import RULES
from merata.web.staff.plans_fields import UnreadError, real, whole
from merata.web.staff.plans_money import FUND_FIELDS


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")
    return settings.REGION


@pytest.fixture
def office(person):
    return logged_in(person("regency"))


def fields_on(page):
    """What a form would send as it stands: inputs, chosen options, ticked boxes, texts."""
    form = re.search(r'<form class="fields".*?</form>', page, re.S)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf' {key}="([^"]*)"', tag) for key in ("name", "value"))
        if name and ("checkbox" not in tag or " checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, inside in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = re.findall(r'value="([^"]*)" selected', inside)
    for name, inside in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [inside]
    return sent


def saved(client, path, why="usulan rapat", **changed):
    sent = fields_on(client.get(path).content.decode())
    return client.post(path, sent | {"why": why} | changed)


def text_of(region):
    return (region / "region.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["aturan", "dana", "harga"])
def test_a_form_sent_back_as_it_was_shown_changes_nothing(region, office, name):
    answer = saved(office, f"/staf/rencana/{name}/")
    assert answer.status_code == 302
    assert text_of(region) == TOML
    assert not Change.objects.exists()


def test_one_setting_changes_one_line_and_keeps_every_comment(region, office):
    saved(office, "/staf/rencana/aturan/", **{"plan.last_year": "2029"})
    assert text_of(region) == TOML.replace("2027", "2029")
    change = Change.objects.get()
    assert (change.model, change.key, change.why) == ("settings", "plan", "usulan rapat")
    assert (change.before, change.after) == ({"plan.last_year": 2027}, {"plan.last_year": 2029})
    assert change.by.role == "regency"


def test_settings_are_changed_again_and_not_undone_from_the_list_of_changes(region, office, person):
    saved(office, "/staf/rencana/aturan/", **{"plan.last_year": "2029"})
    with pytest.raises(InputError, match="change it there again"):
        undo(Change.objects.get(), person("regency"), "keliru")


def test_rules_of_every_kind_are_read_as_people_write_them(region, office):
    answer = saved(
        office,
        "/staf/rencana/aturan/",
        **{
            "plan.early_discount": "0,05",
            "plan.price": "high",
            "plan.fair.spread": "0,3",
            "plan.fair.longest_wait_years": "",
            "plan.fair.order": "unserved, school",
            "plan.fair.floor": "2026 = 0,2\n2027 = 0,5",
            "plan.lead_years": "new tower = 1",
        },
    )
    assert answer.status_code == 302
    plan = load_settings(region / "region.toml").plan
    assert (plan.early_discount, plan.price, plan.lead_years) == (0.05, "high", {"new tower": 1})
    assert (plan.fair.spread, plan.fair.longest_wait_years) == (0.3, None)
    assert (plan.fair.order, plan.fair.floor) == (["unserved", "school"], {"2026": 0.2, "2027": 0.5})
    assert "# sejak program mulai" in text_of(region)
    saved(office, "/staf/rencana/aturan/", **{"plan.fair.spread": ""})
    assert load_settings(region / "region.toml").plan.fair.spread is None


@pytest.mark.parametrize(
    ("field", "typed", "place", "told"),
    [
        ("plan.last_year", "dua ribu", "plan.last_year", "bukan bilangan bulat"),
        ("plan.last_year", "2020", "plan", "tahun terakhir mendahului tahun pertama"),
        ("plan.early_discount", "0.9", "plan.early_discount", "Paling besar 0,5"),
        ("plan.fair.floor", "2026: banyak", "plan.fair.floor", "tidak terbaca"),
        ("plan.fair.order", "orang kaya", "plan.fair.order", "orang kaya: pilih dari unserved"),
        ("why", " ", "why", "alasannya"),
    ],
)
def test_a_wrong_setting_is_told_beside_its_field_and_never_kept(region, office, field, typed, place, told):
    answer = saved(office, "/staf/rencana/aturan/", **{field: typed})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page
    assert f'href="#f-{place}"' in page
    assert f'id="f-{place}"' in page
    assert f'value="{typed}"' in page or f">{typed}</textarea>" in page, "what was typed is still there"
    assert text_of(region) == TOML
    assert not Change.objects.exists()


def test_two_who_change_at_once_do_not_overwrite_each_other(region, office, person):
    sent = fields_on(office.get("/staf/rencana/aturan/").content.decode()) | {"why": "x"}
    saved(logged_in(person("province")), "/staf/rencana/aturan/", **{"plan.last_year": "2028"})
    answer = office.post("/staf/rencana/aturan/", sent | {"plan.first_year": "2026"})
    assert "sudah diubah orang lain" in answer.content.decode()
    assert load_settings(region / "region.toml").plan.first_year == 2025


def test_settings_wait_while_a_command_changes_the_folder(region, office):
    from merata.region.change import lock

    sent = fields_on(office.get("/staf/rencana/aturan/").content.decode())
    with lock(region, exclusive=False):
        answer = office.post("/staf/rencana/aturan/", sent | {"why": "x", "plan.last_year": "2029"})
    assert "sedang dipakai" in answer.content.decode()
    assert text_of(region) == TOML


def test_funds_change_come_and_go(region, office):
    answer = saved(
        office,
        "/staf/rencana/dana/",
        **{
            "funds.0.years.2026": "Rp 2.500.000.000",
            "funds.0.pays": ["capital"],
            "funds.1.drop": "1",
            "funds.2.name": "CSR (contoh)",
            "funds.2.years.2025": "750,000,000",
            "funds.2.kinds": "leo, school",
        },
    )
    assert answer.status_code == 302
    first, second = load_settings(region / "region.toml").funds
    assert (first.years, first.pays) == ({"2025": 1_000_000, "2026": 2_500_000_000}, ["capital"])
    assert (second.name, second.years) == ("CSR (contoh)", {"2025": 750_000_000})
    assert second.kinds == ["leo", "school"]
    assert "# dana kabupaten" in text_of(region)
    assert Change.objects.get().after["funds.CSR (contoh).years.2025"] == 750_000_000


def test_a_wrong_amount_is_told_beside_its_year(region, office):
    page = saved(office, "/staf/rencana/dana/", **{"funds.0.years.2026": "banyak"}).content.decode()
    assert 'id="e-funds.0.years.2026"' in page
    page = saved(office, "/staf/rencana/dana/", **{"funds.0.ceiling": "1,5"}).content.decode()
    assert 'id="e-funds.0.ceiling"' in page
    assert text_of(region) == TOML


def test_funds_of_the_budget_files_are_offered_where_the_settings_name_none(region, office, published):
    (region / "region.toml").write_text("[region]\nname = 'Contoh'\n", encoding="utf-8")
    page = office.get("/staf/rencana/dana/").content.decode()
    assert 'value="APBD (contoh)"' in page
    assert 'value="1.000.000.000"' in page


def test_a_price_of_ones_own_is_kept_with_where_it_is_from_and_taken_back(region, office):
    front = "prices.leo_monthly."
    assert saved(office, "/staf/rencana/harga/", **{f"{front}low_idr": "1.500.000"}).status_code == 400
    own = {f"{front}low_idr": "1.500.000", f"{front}high_idr": "2.000.000", f"{front}basis": "kontrak 2025"}
    assert saved(office, "/staf/rencana/harga/", **own).status_code == 302
    price = load_settings(region / "region.toml").prices["leo_monthly"]
    assert (price.low_idr, price.high_idr, price.basis) == (1_500_000, 2_000_000, "kontrak 2025")
    page = saved(office, "/staf/rencana/harga/", **{f"{front}high_idr": "1.000.000"}).content.decode()
    assert "harga tinggi di bawah harga rendah" in page
    saved(office, "/staf/rencana/harga/", **dict.fromkeys(own, ""))
    assert not load_settings(region / "region.toml").prices


def test_every_setting_of_the_forms_has_its_words_in_both_languages():
    for field in [*(field for _, fields in RULES for field in fields), *FUND_FIELDS]:
        for key in (f"set_{field.key}", f"why_{field.key}"):
            assert all(SENTENCES[key]), key


@pytest.mark.parametrize(
    ("text", "number"), [("12.500.000", 12_500_000), ("1,000", 1000), ("Rp 7", 7), ("-3", -3)]
)
def test_whole_numbers_as_people_write_them(text, number):
    assert whole(text) == number


@pytest.mark.parametrize("text", ["1.5", "1e9", "", "12.50", "satu", "9" * 30, "1.000,5"])
def test_what_is_no_whole_number_is_not_guessed(text):
    with pytest.raises(UnreadError):
        whole(text)


def test_numbers_with_a_decimal_comma_or_point():
    assert (real("0,25"), real("1.5"), real("-2")) == (0.25, 1.5, -2)
    for text in ("", ".", "nan", "inf", "1,2,3"):
        with pytest.raises(UnreadError):
            real(text)


def test_a_run_is_asked_for_once_while_one_waits(region, office, person):
    first, second = (office.post("/staf/rencana/hitung/") for _ in range(2))
    assert first.url == second.url
    assert Job.objects.filter(kind="run").count() == 1
    assert logged_in(person("reader")).post("/staf/rencana/hitung/").status_code == 403
    assert logged_in(person("district", district="Muara Contoh")).get("/staf/rencana/").status_code == 200

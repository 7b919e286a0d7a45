"""Every page and every call of the API, found and not listed by hand, asked by every role: who gets in, to whose rows.

One row of every kind belongs to one party, and the accounts of the other party ask for it by its number.
"""

import csv
import io
import re
import secrets

import one_of_each as world
import openpyxl
import pytest
from allauth.mfa.models import Authenticator
from asking import address, ask, browser, text_of, whole_site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from one_of_each import NUMBERS

import merata.web.models as kinds
from merata.region.formula import is_formula
from merata.web.api.addresses import api
from merata.web.entrances import EVERYBODY, ONESELF, Entrance, calls, entrances
from merata.web.models import ApiToken, Change, Organisation, ServicePoint
from merata.web.models.people import ROLES
from merata.web.rights import RIGHTS, reach
from merata.web.staff.accounts_invite import hashed

pytestmark = [pytest.mark.django_db, pytest.mark.both]
METHODS = ("get", "post", "delete")
ALL = entrances()
STAFF = [one for one in ALL if one.right in RIGHTS]
#: How a page answers to an account that reaches its row, sent an empty form.
DONE = (200, 302, 400, 405)
#: Who reaches a row of these is not by whose it is: their pages say so themselves, and by their rights alone.
BY_RIGHT = (
    "publication",
    "job",
    "invitation",
    "user",
    "commentround",
    "comment",
    "meeting",
    "suspicion",
    "release",
)


#: What others' words may stand on open pages: whatever else is found there is a leak.
PUBLIC = {
    ("comment", "answer"), ("commentround", "summary"), ("commentround", "words"), ("commitment", "action"),
    ("commitment", "evidence"), ("commitment", "fund"), ("commitment", "reason"), ("contract", "fund"),
    ("organisation", "contact"), ("payment", "fund"), ("publication", "region"), ("publication", "title"),
    ("release", "title"), ("servicepoint", "place"), ("villagefacts", "name"), ("villagefacts", "reason_id"),
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    with whole_site(django_db_blocker, tmp_path_factory.mktemp("berkas")) as people:
        yield people


@pytest.fixture(scope="module")
def models_of(whole):
    """Which kind of row an address shows by its number: that which it asks the database for first."""
    office, found = browser(whole[1]["regency"]), {}
    partner = browser(whole[0]["partner"])
    for one in STAFF:
        if "<int:" in one.route:
            client = office if "regency" in one.roles else partner
            asked = client_asks(client, one)
            found[one.route] = getattr(kinds, _named(asked)) if asked else None
    return found


def client_asks(client, entrance):
    for method in ("get", "post"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, method, address(entrance))
        for query in queries.captured_queries:
            if found := re.search(rf'"web_(\w+)"\."id" = {NUMBERS[0]}', query["sql"]):
                return found[1]
    return None


def _named(table):
    return next(name for name in kinds.__all__ if name.lower() == table)


def public_marks():
    """What stands on the pages and in the files that everybody gets: no secret to anybody."""
    if not _PUBLIC:
        client = Client()
        for one in ALL:
            if one.open:
                for which in (0, 1) if "<" in one.route else (0,):
                    answer = ask(client, "get", address(one, which))
                    assert answer.status_code < 500, one.route
                    assert_harmless(answer, one.route)
                    _PUBLIC.update((model, field) for _, model, field in world.marks_in(text_of(answer)))
    return _PUBLIC


_PUBLIC: set[tuple[str, str]] = set()


#: Kinds of files that were looked at.
_LEFT: set[str] = set()


def assert_harmless(answer, said):
    """What somebody wrote runs nowhere."""
    kind, told = answer.headers.get("Content-Type", ""), None if answer.streaming else answer.content
    if told is None:
        return
    _LEFT.add(kind.split(";")[0])
    if kind.startswith("text/html"):
        assert world.SCRIPT.encode() not in told, said
    elif kind.startswith("text/csv"):
        cells = [cell for row in csv.reader(io.StringIO(told.decode())) for cell in row]
        assert not [cell for cell in cells if "Q" in cell and is_formula(cell)], said
    elif kind.startswith("text/calendar"):
        assert not [line for line in told.decode().splitlines() if line.startswith("Bcc")], said
    elif "spreadsheetml" in kind:
        book = openpyxl.load_workbook(io.BytesIO(told))
        assert not [c for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"], said


def test_every_address_says_who_may_ask_for_it():
    assert [one.route for one in ALL if one.right not in (*RIGHTS, EVERYBODY, ONESELF)] == []
    closed = [one.route for one in ALL if one.open and one.route.startswith("staf/")]
    assert closed == [], "what is beneath staf/ asks for an account"
    asked = {one.right for one in ALL} | {right for call in calls() for right in call.rights}
    assert set(RIGHTS) <= asked, "a right that nothing asks for"


def test_the_calls_are_those_that_the_api_describes():
    described = api.get_openapi_schema()["paths"]
    assert {(c.method, c.route) for c in calls()} == {
        (method.upper(), route) for route, methods in described.items() for method in methods
    }
    with_token = {
        (m.upper(), r)
        for r, methods in described.items()
        for m, told in methods.items()
        if "security" in told
    }
    assert with_token == {(c.method, c.route) for c in calls() if not c.open}


def test_a_new_page_that_says_nothing_is_found():
    assert Entrance("staf/baru/", None, "").right not in (*RIGHTS, EVERYBODY, ONESELF)


def test_without_an_account_every_address_of_staff_leads_to_logging_in(whole):
    client = Client()
    for one in ALL:
        if one.open:
            continue
        for method in METHODS:
            answer = ask(client, method, address(one))
            if answer.status_code == 405:
                assert method not in ("get", "post"), one.route
                continue
            assert (answer.status_code, "/akun/" in answer.headers.get("Location", "")) == (302, True), (
                one.route, method,
            )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_in_where_its_right_is_and_finds_no_row_of_others(whole, models_of, role):
    user, before = whole[1][role], Change.objects.count()
    client, open_to_all, reached = browser(user), public_marks(), []
    for one in STAFF:
        if role not in one.roles:
            for method in ("get", "post"):
                answer = ask(client, method, address(one))
                assert (answer.status_code, answer.changes) == (403, before), (one.route, method)
            continue
        # To offices all rows are alike.
        for which in (0, 1) if "<" in one.route and role not in ("province", "regency") else (1,):
            kind, number = models_of.get(one.route), NUMBERS[which]
            theirs = may_reach(user, kind, number)
            answers = [ask(client, "get", address(one, which))]
            if answers[0].status_code == 405 or not theirs:
                answers.append(ask(client, "post", address(one, which)))
            for answer in answers:
                said = (one.route, role, which, answer.status_code)
                if not theirs and answer.status_code != 405:
                    assert answer.status_code in (403, 404), said
                    assert answer.changes == before, said
                assert answer.status_code < 500, said
                if theirs and kind is not None:
                    reached.append(answer.status_code in DONE)
                assert not answer.headers.get("Location", "").startswith("/akun/"), said
            assert_safe(answers[0], user, open_to_all, (one.route, role, which))
    assert sum(reached) > 0.7 * len(reached), (
        "what an account reaches it finds: the rest hangs on a row's state"
    )


def may_reach(user, kind, number):
    """Whether an account reaches a row, as it is declared; what is of one account only is for that one."""
    if kind is None or kind._meta.model_name in BY_RIGHT:
        return True
    if kind is ApiToken:
        return False
    if kind is Organisation:
        return user.role in ("province", "regency") or user.organisation_id == number
    if kind is Change:
        return user.role in ("province", "regency")
    return reach(user, kind.objects.filter(pk=number)).exists()


def assert_safe(answer, user, open_to_all, said):
    """Nothing of a row that is not the account's, but what everybody sees anyway."""
    assert_harmless(answer, said)
    for party, model, field in world.marks_in(text_of(answer)):
        # What was changed, and why, is told to whom the row is told that it is of.
        kind = ServicePoint if model == "change" else getattr(kinds, _named(model))
        seen = (model, field) in open_to_all or may_reach(user, kind, NUMBERS[party])
        assert seen, (said, party, model, field)


def test_what_everybody_sees_is_what_is_meant_for_everybody(whole):
    assert public_marks() <= PUBLIC
    assert {"text/html", "text/csv", "text/calendar", "application/pdf"} <= _LEFT


def test_numbers_that_no_row_has_are_not_found(whole):
    clients = {role: browser(whole[1][role]) for role in ("regency", "partner", "provider")}
    for one in STAFF:
        role = next(r for r in clients if r in one.roles or r == "provider")
        for number in (0, 2**63, 10**30) if "<int:" in one.route else ():
            path = address(one).replace(str(NUMBERS[0]), str(number))
            answers = [ask(clients[role], method, path) for method in ("get", "post")]
            # Asked to stop, a job that there is not is one that is over.
            assert {answer.status_code for answer in answers} <= {
                404,
                405,
                302 if "henti" in path else 404,
            }, path


def test_no_form_is_taken_from_another_site(whole):
    """What no form's token is asked of acts for nobody: it is open to everybody, or takes a token of its own."""
    client = browser(whole[1]["regency"], enforce_csrf_checks=True)
    for one in ALL:
        if getattr(one.view, "csrf_exempt", False):
            assert one.open, one.route
            continue
        answer = ask(client, "post", address(one))
        assert answer.status_code == 403, one.route


def test_who_changes_things_sets_up_a_second_factor_first(whole):
    for role in ("regency", "provider", "partner", "village"):
        Authenticator.objects.filter(user=whole[0][role]).delete()
        client = browser(whole[0][role], factor=False)
        for one in STAFF:
            if one.with_factor and role in one.roles:
                answer = ask(client, "post", address(one))
                assert answer.headers.get("Location") == "/akun/dua-langkah/pasang/", (one.route, role)


def test_every_page_of_staff_is_there_in_english(whole):
    clients = {role: browser(whole[1][role]) for role in ("regency", "provider", "partner", "village")}
    for one in STAFF:
        role = next(r for r in clients if r in one.roles)
        answer = ask(clients[role], "get", f"/en{address(one, 1)}")
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            assert '<html lang="en">' in text_of(answer), one.route


# Calls of the API

READS_AS = {"GET": "get", "POST": "post", "PATCH": "patch"}


def bearer(user, *scopes):
    secret = secrets.token_urlsafe(32)
    ends = world.timezone.now() + world.dt.timedelta(days=1)
    ApiToken.objects.create(
        user=user, name="uji", secret_hash=hashed(f"merata_{secret}"), scopes=scopes, ends_at=ends
    )
    return {"Authorization": f"Bearer merata_{secret}"}


def call_of(call, headers, which):
    path = call.route.replace("{code}", f"Service{which}").replace("{number}", "1")
    return ask(
        Client(), READS_AS[call.method], path, data="{}" if call.method != "GET" else None, headers=headers,
        content_type="application/json",
    )  # fmt: skip


@pytest.mark.parametrize("call", calls(), ids=lambda call: f"{call.method} {call.route}")
def test_a_call_is_open_or_asks_for_a_token_its_scope_and_the_right(whole, call):
    if call.open:
        assert call_of(call, {}, 1).status_code in (200, 404, 422)
        return
    assert call_of(call, {}, 1).status_code == 401
    assert call_of(call, {"Authorization": "Bearer merata_x"}, 1).status_code == 401
    everything = {scope for one in calls() for scope in one.scopes}
    for role in ROLES:
        user = whole[1][role]
        assert call_of(call, bearer(user, *(everything - set(call.scopes))), 1).status_code == 403, role
        answers = [call_of(call, bearer(user, *call.scopes), which) for which in (0, 1)]
        if role not in call.roles:
            assert {answer.status_code for answer in answers} == {403}, role
        elif not all(role in RIGHTS[right] for right in call.rights):
            assert {answer.status_code for answer in answers} <= {403, 404, 422}, role  # by what it sends
        elif "{code}" in call.route:
            assert [answer.status_code in (200, 422) for answer in answers] == [
                reach(user, ServicePoint.objects.filter(pk=number)).exists() for number in NUMBERS
            ], role
            assert answers[0].status_code in (200, 404, 422), role
        else:
            assert {answer.status_code for answer in answers} <= {200, 422}, role
            told = {which for which, _, _ in world.marks_in(text_of(answers[0]))}
            assert told <= {w for w in (0, 1) if may_reach(user, ServicePoint, NUMBERS[w])}, role

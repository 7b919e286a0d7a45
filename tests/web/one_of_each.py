"""One row of every kind that the site keeps, twice: of one party and of another. Made from the models. All made up.

Every text that somebody may write holds a mark of where it stands, and what an attacker would put there.
"""

import copy
import datetime as dt
import re

import site_factory
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import FileField
from django.utils import timezone
from programme_factory import picture

import merata.web.models as kinds
from merata.web.models import Organisation, User
from merata.web.models.people import ROLES
from merata.web.sealed import seal

#: The rows of the first and of the second party have these numbers, whatever they are.
NUMBERS = (7001, 7002)
VILLAGES, DISTRICTS = ("99.01.01.2001", "99.01.02.2002"), ("Muara Contoh", "Hulu Rekaan")
#: When an outage began, s since 1970.
BEGAN = 1_772_000_000
SCRIPT = "<script>alert(1)</script>"
#: A line of its own in a calendar or a letter, and a command where a document is typeset.
LINE = "Bcc: #panic()"
#: Turns what follows around on the screen: as in a name of a file that ends in fdp.exe.
TURNED = "\u202e"
_MARK = re.compile(r"Q([01])\.(\w+)\.(\w+)")
#: No text but what the site itself made, or what has a form of its own.
_FORMED = (
    "sealed", "key", "mark", "of", "period", "secret_hash", "code_hash", "hash", "digest", "up_uuid", "down_uuid",
    "operator", "source", "cause", "electricity", "model", "password",
)  # fmt: skip


def marks_in(text):
    """The marks that stand in an answer: (party, model, field)."""
    return {(int(party), model, field) for party, model, field in _MARK.findall(text)}


def one_of_each():
    """The rows, by model, of both parties."""
    made = {}
    for name in kinds.__all__:
        _row(getattr(kinds, name), made)
    return made


def accounts():
    """An account of every role of the second party, and of the first."""
    return [
        {
            role: User.objects.create_user(
                f"{role}-{which}@contoh.example", role=role, organisation_id=number, language="id",
                district=DISTRICTS[which] if role == "district" else "",
                village_code=VILLAGES[which] if role == "village" else "",
            )
            for role in ROLES
        }
        for which, number in enumerate(NUMBERS)
    ]  # fmt: skip


def _row(model, made):
    if model in made:
        return
    made[model] = ()
    fields = [f for f in model._meta.fields if not f.primary_key]
    for field in fields:
        if field.is_relation and field.related_model is not model and field.related_model in _ours():
            _row(field.related_model, made)
    rows = []
    for which, number in enumerate(NUMBERS):
        values = {f.name: _value(model, f, which, made) for f in fields}
        row = model(pk=number, **{name: value for name, value in values.items() if value is not _DEFAULT})
        rows.append(row)
    model.objects.bulk_create(rows) if model is not Organisation else [row.save() for row in rows]
    made[model] = tuple(rows)


def _ours():
    return {getattr(kinds, name) for name in kinds.__all__}


_DEFAULT = object()


def _value(model, field, which, made):
    """What a field holds of a party's row."""
    if (model.__name__, field.name) in _SPECIAL:
        return _SPECIAL[model.__name__, field.name](which)
    if field.is_relation:
        rows = made.get(field.related_model) or ()
        return rows[which] if rows and field.related_model is not model else None
    if isinstance(field, FileField):
        return ContentFile(picture(), name=f"{which}.jpg")
    if isinstance(field, models.CharField | models.TextField):
        return _text(model, field, which)
    if isinstance(field, models.DateTimeField):
        return _moment(field)
    if isinstance(field, models.DateField):
        return dt.date(2026, 12 if field.name == "ends" else 3, 2)
    if field.has_default():
        return _DEFAULT
    return None if field.null else _plain(field, which)


def _text(model, field, which):
    where = {"village_code": VILLAGES, "district": DISTRICTS, "batch": ("paket0", "paket1")}
    if field.name in where:
        return where[field.name][which]
    if field.choices:
        return _DEFAULT if field.has_default() else field.choices[0][0]
    if field.unique:
        return f"{model.__name__[:7]}{which}"
    if field.name in _FORMED:
        return "" if field.blank else f"{which}"
    said = f"=Q{which}.{model._meta.model_name}.{field.name}\n{LINE} {TURNED}{SCRIPT}"
    return said if not field.max_length or len(said) <= field.max_length else _shorter(said, field.max_length)


def _shorter(said, most):
    mark = said.split("\n")[0]
    return mark if len(mark) <= most else "x"


def _moment(field):
    if field.name in (
        "withdrawn_at",
        "taken_at",
        "over_at",
        "revoked_at",
        "closed_at",
        "back_at",
        "ended_at",
    ):
        return None
    late = "end" in field.name or "due" in field.name
    began = dt.datetime.fromtimestamp(BEGAN, dt.UTC)
    return (
        timezone.now() + dt.timedelta(days=9)
        if field.name in ("ends_at", "code_ends_at")
        else (began + dt.timedelta(hours=5 * late))
    )


def _plain(field, which):
    if isinstance(field, models.BooleanField):
        return False
    return {} if isinstance(field, models.JSONField) else 1 + which * field.unique


#: (model, field) -> what it holds, where not any text, number or day would do.
_SPECIAL = {
    ("VillageFacts", "code"): lambda which: VILLAGES[which],
    ("VillageFacts", "access_now"): lambda which: "none",
    ("FacilityFacts", "access_now"): lambda which: "none",
    ("Publication", "totals"): lambda which: copy.deepcopy(site_factory.TOTALS),
    ("Publication", "number"): lambda which: None,
    ("CommentRound", "ends"): lambda which: timezone.localdate() + dt.timedelta(days=5),
    ("Submission", "files"): lambda which: ["menara.csv"],
    ("Submission", "token"): lambda which: f"{which}" * 32,
    ("Challenge", "claim"): lambda which: {"level": "none"},
    ("Case", "state"): lambda which: "with provider",
    ("ServicePoint", "state"): lambda which: "contracted",
    ("FundOffer", "first_year"): lambda which: 2026,
    ("FundOffer", "last_year"): lambda which: 2027,
    ("User", "role"): lambda which: "provider",
    ("Invitation", "email"): lambda which: f"q{which}.invitation.email@contoh.example",
    ("Invitation", "role"): lambda which: "provider",
    ("Suspicion", "kind"): lambda which: "claims",
    ("Job", "asked"): lambda which: {"token": f"{which}" * 32},
    ("Change", "model"): lambda which: "servicepoint",
    ("Change", "key"): lambda which: str(NUMBERS[which]),
    ("Phone", "sealed"): lambda which: seal("+6281200000000", "phone"),
    ("LogEntry", "kind"): lambda which: "commitment",
    ("User", "email"): lambda which: f"q{which}.user.email@contoh.example",
}

"""Where a team, an organisation that is a partner, sends predictions to a model contest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from merata.errors import FileError, InputError, MissingError
from merata.web.programme.forms import Spoken
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.rights import needs
from merata.web.words import Tongue


class PredictionsForm(Spoken, forms.Form):
    """A file of predictions."""

    predictions = forms.FileField()

    def __init__(self, *args: Any, t: Tongue, columns: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.speak(t)
        self.fields["predictions"].help_text = t("hint_predictions", columns=", ".join(columns))


@needs("send predictions")
def model_contest_send(request: HttpRequest, name: str) -> HttpResponse:
    """Take a file in, score it, and say what of the score is told."""
    from merata.assure.model_contest_files import about

    t, folder = words(request), Path(settings.REGION)
    try:
        said = about(folder, name)
    except MissingError as error:
        raise Http404(str(error)) from None
    form = PredictionsForm(request.POST or None, request.FILES or None, t=t, columns=said["columns"])
    if form.is_valid():
        try:
            return go(request, "programme_predictions", name, say=_sent(request, name, form, t))
        except (FileError, InputError) as error:
            form.add_error("predictions", ValidationError(t.phrase(str(error))[0]))
    title = f"{t('model_contest_send')}: {name}"
    return shown(request, "form", form=form, title=title, back=("model_contests", ""), files=True)


def _sent(request: HttpRequest, name: str, form: PredictionsForm, t: Tongue) -> str:
    from merata.assure.model_contest_board import submit

    organisation = user_of(request).organisation
    if organisation is None:
        raise InputError(t("model_contest_no_team"))
    content = form.cleaned_data["predictions"].read()
    answered = submit(
        Path(settings.REGION), name, organisation.name, content, timezone.localdate().isoformat()
    )
    key = "model_contest_counts" if answered.counted else "model_contest_stays"
    return t(key, score=answered.standing.score, today=answered.left_today, left=answered.left)

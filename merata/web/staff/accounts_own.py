"""One's own account: what it may do, its language, password and second factor, and all that is kept about it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from merata.web import privacy, sessions
from merata.web.models import User
from merata.web.page import address, language_of
from merata.web.rights import CHANGING, has_second_factor, may
from merata.web.security import tell
from merata.web.staff.accounts_pages import shown
from merata.web.words import Language, tongue


@login_required
def own(request: HttpRequest) -> HttpResponse:
    """The page of one's own account, and the choice of its language."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        chosen: Language = "en" if request.POST.get("language") == "en" else "id"
        if chosen != user.language:
            user.language = chosen
            user.save(update_fields=["language"])
        return HttpResponseRedirect(address(chosen, "account"))
    return shown(
        request,
        "account/own.html.j2",
        held=sessions.held(user, request.session.session_key),
        factor=is_mfa_enabled(user),
        factor_needed=not has_second_factor(user) and any(may(user, right) for right in CHANGING),
    )


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def end_sessions(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one; asks for the password where it was long ago."""
    user, t = request.user, tongue(language_of(request))
    assert isinstance(user, User)
    if request.method == "POST":
        name = request.POST.get("session", "")
        if name:
            done = sessions.end_named(user, name)
        else:
            sessions.end(user, but=request.session.session_key)
            done = True
        tell("sessions ended" if done else "no such session", request, user, which=name[:16] or "all others")
        messages.info(request, t("sessions_ended" if done else "sessions_over"))
    return HttpResponseRedirect(address(language_of(request), "account"))


@login_required
def own_data(request: HttpRequest) -> HttpResponse:
    """All that is kept about one's own account, as a file."""
    assert isinstance(request.user, User)
    answer = JsonResponse(
        privacy.kept(request.user.email), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    answer["Content-Disposition"] = 'attachment; filename="akun.json"'
    answer["Cache-Control"] = "no-store, private"
    return answer

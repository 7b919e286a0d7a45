"""One's own account: what it may do, its language, password and second factor, and all that is kept about it."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from merata.web import privacy
from merata.web.models import User
from merata.web.page import address
from merata.web.rights import CHANGING, has_second_factor, may
from merata.web.staff.accounts_pages import shown
from merata.web.words import Language


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
        factor=is_mfa_enabled(user),
        factor_needed=not has_second_factor(user) and any(may(user, right) for right in CHANGING),
    )


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

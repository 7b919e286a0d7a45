"""allauth's pages that are used here, in the site's frame and at Indonesian addresses; all others do not exist."""

from __future__ import annotations

from typing import Any, TypeAlias

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_required
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, re_path, reverse

from merata.web.accounts import spoken_by
from merata.web.page import address, render, token
from merata.web.rights import ONESELF, for_all
from merata.web.staff.frame import page

_View: TypeAlias = Any  # allauth has no types


def shown(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page about an account: in the staff's frame when logged in, else in a bare one. No copy of it is kept."""
    inside = request.user.is_authenticated
    frame = page if inside else _bare
    own = {"inside": inside, "go": reverse, "redirect_field_value": ""}
    response = frame(request, template, status, **{**own, **values})
    response["Cache-Control"] = "no-store, private"
    return response


def _bare(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    said = list(get_messages(request))
    return render(request, template, status, said=said, csrf=token(request), **values)


def _ours(view: _View, template: str) -> _View:
    """One of allauth's views, shown by a template of ours."""

    def answer(self: Any, context: dict[str, Any], **_: Any) -> HttpResponse:
        form = context.get("form")
        for bound in form or ():
            bound.help_text = ""  # ours stands in the template
        status = 400 if form is not None and form.errors else 200
        return shown(self.request, template, status, **context)

    made: _View = type(view.__name__, (view,), {"render_to_response": answer})
    return made.as_view()


@login_required
def to_own(request: HttpRequest) -> HttpResponse:
    """Where allauth goes after the second factor was changed: one's own account."""
    return HttpResponseRedirect(address(spoken_by(request), "account"))


def inactive(request: HttpRequest) -> HttpResponse:
    """For whom an account was closed, and who knows its password."""
    return shown(request, "account/said.html.j2", what="account_closed")


def reset_sent(request: HttpRequest) -> HttpResponse:
    """After a letter was asked for: the same whether the address has an account or not."""
    return shown(request, "account/said.html.j2", what="account_reset_sent")


def reset_done(request: HttpRequest) -> HttpResponse:
    """After a forgotten password was set anew."""
    return shown(request, "account/said.html.j2", what="account_reset_done")


_log_out = _ours(account.LogoutView, "account/logout.html.j2")


def log_out(request: HttpRequest) -> HttpResponse:
    """Log out; the browser forgets the pages that it has of the site, but not those kept to read without a link."""
    response: HttpResponse = _log_out(request)
    if request.method == "POST":
        response["Clear-Site-Data"] = '"cache"'
    return response


_LOG_IN: list[URLPattern] = [
    path("masuk/", _ours(account.LoginView, "account/login.html.j2"), name="account_login"),
    path("keluar/", log_out, name="account_logout"),
    path("ditutup/", inactive, name="account_inactive"),
    path("lupa-sandi/", _ours(account.PasswordResetView, "account/password_reset.html.j2"),
         name="account_reset_password"),
    path("lupa-sandi/terkirim/", reset_sent, name="account_reset_password_done"),
    path("lupa-sandi/selesai/", reset_done, name="account_reset_password_from_key_done"),
    re_path(r"^lupa-sandi/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
         _ours(account.PasswordResetFromKeyView, "account/password_reset_from_key.html.j2"),
         name="account_reset_password_from_key"),
    path("dua-langkah/masuk/", _ours(factor.AuthenticateView, "mfa/authenticate.html.j2"), name="mfa_authenticate"),
]  # fmt: skip
_OWN: list[URLPattern] = [
    path("ulangi-sandi/", _ours(account.ReauthenticateView, "account/reauthenticate.html.j2"),
         name="account_reauthenticate"),
    path("sandi/", _ours(account.PasswordChangeView, "account/password_change.html.j2"),
         name="account_change_password"),
    path("dua-langkah/", to_own, name="mfa_index"),
    path("dua-langkah/ulangi/", _ours(factor.ReauthenticateView, "mfa/authenticate.html.j2"),
         name="mfa_reauthenticate"),
    path("dua-langkah/pasang/", _ours(totp.ActivateTOTPView, "mfa/activate.html.j2"), name="mfa_activate_totp"),
    path("dua-langkah/lepas/", _ours(totp.DeactivateTOTPView, "mfa/deactivate.html.j2"),
         name="mfa_deactivate_totp"),
    path("kode-cadangan/", _ours(codes.ViewRecoveryCodesView, "mfa/codes.html.j2"),
         name="mfa_view_recovery_codes"),
    path("kode-cadangan/baru/", _ours(codes.GenerateRecoveryCodesView, "mfa/new_codes.html.j2"),
         name="mfa_generate_recovery_codes"),
]  # fmt: skip
#: Named as allauth looks for them; in both languages by the prefix that `merata.web.urls` puts before them.
PAGES: list[URLPattern] = [*for_all(_LOG_IN), *for_all(_OWN, ONESELF)]

"""What the tests of data, plans and publishing share: staff who are logged in with a second factor, a bare region."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.test import Client

TOML = """\
# Pengaturan wilayah contoh.
[region]
name = "Kabupaten Contoh"
made_up = true

[plan]
first_year = 2025  # sejak program mulai
last_year = 2027

[[funds]]
name = "APBD (contoh)"  # dana kabupaten
years = {2025 = 1000000}

[[funds]]
name = "Dana desa (contoh)"
"""

QUESTION = (
    "q00001,question,daftar.csv,'Sungai Contok' may be several villages.,It waits.,merata settle,,3,desa,"
    "99.01.01.2001 Sungai Contoh (Muara); 99.01.01.2002 Sungai Conto (Hulu),name:sungai contok\n"
)
FINDINGS_HEAD = "id,severity,file,what,done,settle,sheet,row,column,candidates,subject\n"


def region_at(folder, text=TOML):
    """A region's folder that holds its settings only."""
    folder.mkdir()
    (folder / "region.toml").write_text(text, encoding="utf-8")
    return folder


def logged_in(user):
    """A browser in which somebody has logged in with a second factor."""
    Authenticator.objects.get_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}}
    )
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client

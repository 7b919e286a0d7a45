"""A small programme of two providers for the tests, and clients logged in with a second factor. All made up."""

import datetime as dt
import io

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image

from merata.web.models import Commitment, Contract, Organisation, Payment, Photograph, ServicePoint

DAY = dt.date(2026, 3, 2)


def picture(size=(64, 48), kind="JPEG", **options):
    """A picture's bytes."""
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 150)).save(out, kind, **options)
    return out.getvalue()


class Programme:
    """Two providers, each with a contract and points in its state; `own` is the first one's."""

    def __init__(self):
        self.own, self.other = (
            Organisation.objects.create(name=name, kind="provider")
            for name in ("Satu (contoh)", "Dua (contoh)")
        )
        self.contracts = [
            Contract.objects.create(
                number=f"K-{n}", provider=provider, fund="APBD (contoh)", starts=dt.date(2026, 1, 1),
                ends=dt.date(2026, 12, 31), fee_idr_per_month=1_500_000, down_mbps=50, up_mbps=10,
            )
            for n, provider in enumerate((self.own, self.other), start=1)
        ]  # fmt: skip

    def point(self, code, state="contracted", contract=0, village="99.01.01.2001", **fields):
        """A point in a state; with a provider from its contract on."""
        with_contract = state not in ("proposed", "verified")
        fields.setdefault("contract", self.contracts[contract] if with_contract else None)
        fields.setdefault("provider", fields["contract"].provider if fields["contract"] else None)
        return ServicePoint.objects.create(
            **{
                "code": code, "village_code": village, "place": "Kantor Desa", "option": "leo", "since": DAY,
                "state": state, **fields,
            }
        )  # fmt: skip

    def installed_and_measured(self, code, **fields):
        """An installed point whose test and photographs are there."""
        test = {"tested_on": DAY, "test_down_mbps": 60, "test_up_mbps": 12, "test_latency_ms": 40}
        point = self.point(code, "installed", **{**test, **fields})
        for shows in ("antenna", "test"):
            self.photograph(point, shows)
        return point

    def photograph(self, point, shows="antenna"):
        """A photograph of a point."""
        return Photograph.objects.create(point=point, shows=shows, file=ContentFile(picture(), name="x.jpg"))

    def payment(self, contract=0, **fields):
        """A payment under a contract."""
        said = {"month": dt.date(2026, 4, 1), "amount_idr": 1_500_000, "paid_on": dt.date(2026, 5, 5)}
        return Payment.objects.create(contract=self.contracts[contract], **{**said, **fields})

    def promise(self, village="99.01.01.2001", year=2026, **fields):
        """A commitment to a village."""
        return Commitment.objects.create(
            village_code=village, level="working", option="leo", year=year, **fields
        )


def logged_in(user):
    """A client of an account that has a second factor."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client = Client()
    client.force_login(user)
    return client

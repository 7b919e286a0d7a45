"""Who works with the site: organisations, accounts with a role and a reach, invitations, tokens for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

#: Roles, most powerful first. What each may do is declared in `merata.web.rights`.
ROLES = ("province", "regency", "district", "village", "provider", "partner", "reader")
ORGANISATIONS = ("province", "regency", "district", "village", "provider", "partner")


def pairs(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Choices whose words the pages take from `merata.web.words`."""
    return [(word, word) for word in words]


class Organisation(models.Model):
    """An office, provider or partner: what accounts, contracts and promises belong to."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=16, choices=pairs(ORGANISATIONS))
    district = models.CharField(max_length=80, blank=True)
    village_code = models.CharField(max_length=13, blank=True)
    contact = models.CharField(max_length=200, blank=True, help_text="Of the office, as the public sees it")
    duty_phone = models.CharField(
        max_length=20, blank=True, help_text="Where SMS about cases go; not shown to the public"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an address is written small."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Keep a new account; without a password nobody can log in by it."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of an address, however it is written."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An account: an address and a role, and where the role reaches. No name is asked for."""

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=16, choices=pairs(ROLES))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="users", null=True, blank=True
    )
    district = models.CharField(max_length=80, blank=True)
    village_code = models.CharField(max_length=13, blank=True)
    language = models.CharField(max_length=2, choices=pairs(("id", "en")), default="id")
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        ordering: ClassVar[list[str]] = ["email"]

    def __str__(self) -> str:
        return self.email


class Invitation(models.Model):
    """A letter that lets one person make one account, once, within days. Only the hash of its secret is kept."""

    email = models.EmailField()
    role = models.CharField(max_length=16, choices=pairs(ROLES))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True)
    district = models.CharField(max_length=80, blank=True)
    village_code = models.CharField(max_length=13, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]


class ApiToken(models.Model):
    """What a program shows instead of a password: it acts for one account, for some things. Only its hash is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

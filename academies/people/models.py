from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from academies.kernel.codes import uuid7
from academies.people import rules


class UserManager(BaseUserManager["User"]):
    """Looks people up by email, ignoring case. Emails are stored in lower case, so a plain index serves."""

    def by_email(self, email: str | None) -> "User | None":
        return self.filter(email=rules.normal_email(email or "")).first()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=rules.normal_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        person = self.model(email=rules.normal_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class User(AbstractBaseUser, PermissionsMixin):
    """A record: one person of one academy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail", unique=True)
    full_name = models.CharField(max_length=100)
    date_of_birth = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Invalidates the cookies of earlier sessions. Part of the session hash, so checking it costs no query.
    signed_out_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [("assign_role", "Can give people roles"), ("invite_user", "Can invite people")]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_in_small_letters"),
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="nobody_is_superuser"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's hash and the time of "sign out everywhere".
        own = super()._get_session_auth_hash(secret=secret)
        return f"{own}.{self.signed_out_at.timestamp()}" if self.signed_out_at else own

    @property
    def first_name(self) -> str:
        """The name Wagtail shows in greetings and lists."""
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        return self.full_name.partition(" ")[2]

    @property
    def is_staff(self) -> bool:
        # Django's admin is not installed, but packages read this.
        return False


class SignIn(models.Model):
    """A record: one sign-in of an API client, with the family of its refresh tokens."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=40, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id} {self.user_agent[:30]}"


class RefreshToken(models.Model):
    """A record: one refresh token, stored as a digest and valid once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sign_in = models.ForeignKey(SignIn, on_delete=models.CASCADE, related_name="refresh_tokens")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest[:8]


class KnownDevice(models.Model):
    """A record: a browser or an IP address a person has signed in from, which attempts from elsewhere don't lock out.

    digest: keyed with the server's secret; neither the address nor the cookie can be read from it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="known_devices")
    digest = models.CharField(max_length=64)
    last_used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="one_row_per_known_place")]

    def __str__(self) -> str:
        return self.digest[:8]


class BrowserSession(AbstractBaseSession):
    """A record: one browser session with its person, who can see and end it.

    place: its id in the list of sessions; the session key grants access, so it is never shown.
    """

    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    place = models.UUIDField(null=True, db_index=True)
    user_agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField()

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.person_id} {self.user_agent[:30]}"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        # The store imports this model; Django's own session engines are named in the same way.
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class Profile(models.Model):
    """A record: a person's profile and settings. No row means the defaults."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    # The keys that `links` may have.
    NETWORKS = ("website", "linkedin", "github", "x", "youtube", "facebook", "instagram")

    person = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="profile")
    bio = models.CharField(max_length=2000, blank=True)
    location = models.CharField(max_length=120, blank=True)
    links = models.JSONField(default=dict, blank=True)
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    language = models.CharField(max_length=10, blank=True)
    video_autoplay = models.BooleanField(default=False)
    video_captions = models.BooleanField(default=True)
    video_speed = models.FloatField(default=1)
    mail_reminders = models.BooleanField(default=True)
    mail_news = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"profile of {self.person_id}"


class Skill(models.Model):
    """A record: one skill of a person."""

    class Proficiency(models.TextChoices):
        BEGINNER = "beginner"
        INTERMEDIATE = "intermediate"
        ADVANCED = "advanced"
        EXPERT = "expert"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=60)
    proficiency = models.CharField(max_length=20, choices=Proficiency.choices, default=Proficiency.BEGINNER)
    created_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("person", Lower("name"), name="one_skill_of_a_name")]

    def __str__(self) -> str:
        return self.name

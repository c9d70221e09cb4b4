from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import new_id


class Appearance(models.TextChoices):
    SYSTEM = "system", _("As this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class ReasoningDisplay(models.TextChoices):
    """What thinking blocks do by themselves; one that was opened or closed by hand stays as it is."""

    AUTO = "auto", _("Open while it thinks, then folded")
    OPEN = "open", _("Always open")
    CLOSED = "closed", _("Always folded")


class MoneyDisplay(models.TextChoices):
    """Where costs are shown. Limits always speak."""

    SHOWN = "shown", _("Shown")
    HOVER = "hover", _("Shown when you point at them")
    HIDDEN = "hidden", _("Hidden")


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, display_name: str = "", is_admin: bool = False
    ) -> "User":
        """A person who can sign in; without a password only by a reset link."""
        user = self.model(
            email=email.strip().lower(),
            display_name=display_name.strip() or email.split("@")[0],
            is_staff=is_admin,
            is_superuser=is_admin,
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail, is known to others by display name only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField()
    display_name = models.CharField(max_length=80)
    is_staff = models.BooleanField("administrator", default=False)
    # False = suspended: no sign-in, sockets closed, running replies stopped, links dead. Data is kept.
    is_active = models.BooleanField("active", default=True)
    # No limit stands for them but one of their own. What they spend is recorded like everybody's.
    is_exempt = models.BooleanField(_("exempt from limits"), default=False, db_default=False)
    # How many of their replies may be written at once; None = as the installation has it.
    most_parallel = models.PositiveSmallIntegerField(null=True, blank=True)
    # How pages look to them; `base.html` says it on the root element, so that nothing changes after the first paint.
    appearance = models.CharField(
        max_length=8,
        choices=Appearance.choices,
        default=Appearance.SYSTEM,
        db_default=Appearance.SYSTEM.value,
    )
    reasoning_display = models.CharField(
        max_length=8,
        choices=ReasoningDisplay.choices,
        default=ReasoningDisplay.AUTO,
        db_default=ReasoningDisplay.AUTO.value,
    )
    money_display = models.CharField(
        max_length=8,
        choices=MoneyDisplay.choices,
        default=MoneyDisplay.SHOWN,
        db_default=MoneyDisplay.SHOWN.value,
    )
    # What every model is told before anything they say; part of every prompt and so of every hold.
    instructions = models.TextField(blank=True, default="", db_default="")
    # What their new conversations begin with, by slug and word; "" = as the installation and the model have it.
    default_model = models.CharField(max_length=80, blank=True, default="", db_default="")
    default_effort = models.CharField(max_length=8, blank=True, default="", db_default="")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(Lower("email"), name="one_user_per_email"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_administrator(self) -> bool:
        return self.is_staff and self.is_active


def display_name_of(user: User) -> str:
    """How messages to a person address them; allauth asks for it."""
    return user.display_name

"""Django's checks of a new password, each with a sentence of ours that says what to do."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Use at least %(count)s characters.") % {"count": self.min_length}


class NotCommon(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("This password is too common.")


class NotLikeThePerson(password_validation.UserAttributeSimilarityValidator):
    """Compares with all that others may know of a person."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "display_name"))

    def get_error_message(self) -> str:
        return _("This password is too close to your address or name.")

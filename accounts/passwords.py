"""Django's checks of a new password, each with a sentence of ours that says what to do."""

from django.contrib.auth import password_validation


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"Use at least {self.min_length} characters."


class NotCommon(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "This password is too common."


class NotLikeThePerson(password_validation.UserAttributeSimilarityValidator):
    """Compares with all that others may know of a person."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("email", "display_name"))

    def get_error_message(self) -> str:
        return "This password is too close to your address or name."

"""What a form asks for can be refused by the act itself, after every field of it was found to be well."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import Form


@contextmanager
def told_in(form: Form, field: str | None, *refusals: type[Exception]) -> Iterator[None]:
    """One of these ends what is done within, and its sentence stands at this field, or above the form for None."""
    try:
        yield
    except refusals as refusal:
        form.add_error(field, str(refusal))

"""What administrators may say of models and routes, with every limit on it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import MendedFirst
from conversations.models import Model, Provider, ProviderKind, Route
from conversations.providers.base import Effort

LARGEST_WINDOW = 100_000_000
EFFORT_WORDS = {
    Effort.OFF: gettext_lazy("Off"),
    Effort.LOW: gettext_lazy("Low"),
    Effort.HIGH: gettext_lazy("High"),
    Effort.MAX: gettext_lazy("Max"),
}


class _Form(forms.Form):
    bound_field_class = MendedFirst


class TokensField(forms.IntegerField):
    """A count that may be typed as it is printed: 1,048,576."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "").replace(" ", "") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value


class ModelForm(_Form):
    """What people pick, and what they read about it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    short_name = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        help_text=gettext_lazy("It stands beside each reply, as in V4 Flash."),
    )
    context_window = TokensField(
        label=gettext_lazy("Context window, in tokens"),
        min_value=2_048,
        max_value=LARGEST_WINDOW,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy(
            "Question and answer together. What does not fit is refused before it is sent."
        ),
    )
    efforts = forms.MultipleChoiceField(
        label=gettext_lazy("Thinking it can be asked for"),
        choices=list(EFFORT_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None: people get no choice, and the model does as it does."),
    )
    default_effort = forms.ChoiceField(
        label=gettext_lazy("Thinking at first"), choices=list(EFFORT_WORDS.items()), initial=Effort.HIGH
    )

    @classmethod
    def of(cls, model: Model) -> "ModelForm":
        """Filled with what is known."""
        return cls(initial={name: getattr(model, name) for name in cls.base_fields})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        efforts = cleaned.get("efforts") or []
        if efforts and cleaned.get("default_effort") not in efforts:
            self.add_error("default_effort", _("Choose one of those it can be asked for."))
        return cleaned


class RouteForm(_Form):
    """A provider, and what it calls the model."""

    upstream_model = forms.CharField(
        label=gettext_lazy("Model’s name there"),
        max_length=200,
        help_text=gettext_lazy("As in its list of models, such as deepseek/deepseek-v4-flash."),
    )

    def __init__(self, *args: Any, model: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": f"route-{model.slug}-%s"})
        taken = Route.objects.filter(model=model).values("provider")
        free = Provider.objects.exclude(pk__in=taken).exclude(kind=ProviderKind.DEMO)
        self.fields["provider"] = forms.ModelChoiceField(
            label=gettext_lazy("Provider"), queryset=free.order_by("name"), empty_label=None
        )
        self.order_fields(["provider", "upstream_model"])


class UpstreamNameForm(_Form):
    """What a provider calls the model."""

    upstream_model = forms.CharField(max_length=200)

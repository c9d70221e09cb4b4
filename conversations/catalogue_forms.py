"""What administrators may say of models and routes, with every limit on it."""

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.own_words import PlainForm
from conversations.generation import bound
from conversations.models import Model, Parameter, Provider, ProviderKind, Route
from conversations.providers.base import Effort

SMALLEST_WINDOW = 2_048
LARGEST_WINDOW = 100_000_000
EFFORT_WORDS = {
    Effort.OFF: gettext_lazy("Off"),
    Effort.LOW: gettext_lazy("Low"),
    Effort.HIGH: gettext_lazy("High"),
    Effort.MAX: gettext_lazy("Max"),
}


class TokensField(forms.IntegerField):
    """A count that may be typed as it is printed: 1,048,576."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": gettext_lazy("Enter a whole number, such as 65,536."),
    }

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", "").replace(" ", "") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:,}" if isinstance(value, int) else value


class ModelForm(PlainForm):
    """What people pick, and what they read about it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    short_name = forms.CharField(
        label=gettext_lazy("Short name"),
        max_length=40,
        help_text=gettext_lazy("It stands beside each reply, as in V4 Flash."),
    )
    context_window = TokensField(
        label=gettext_lazy("Context window, in tokens"),
        min_value=SMALLEST_WINDOW,
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
    takes_tools = forms.BooleanField(
        label=gettext_lazy("People may let it use tools"),
        required=False,
        help_text=gettext_lazy(
            "For a model that calls functions. Each conversation switches them on for itself; every step is another "
            "call, held for and charged like the first."
        ),
    )

    @classmethod
    def of(cls, model: Model) -> "ModelForm":
        """Filled with what is known."""
        form = cls(initial={name: getattr(model, name) for name in cls.base_fields})
        if model.is_window_assumed:
            form.fields["context_window"].help_text = _(
                "Assumed, since nobody has said it; saving states it. Question and answer together. What does not fit "
                "is refused before it is sent."
            )
        return form

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        efforts = cleaned.get("efforts") or []
        if efforts and cleaned.get("default_effort") not in efforts:
            self.add_error("default_effort", _("Choose one of those it can be asked for."))
        return cleaned


class RouteForm(PlainForm):
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


class RouteTakesForm(PlainForm):
    """What a route takes of a request. What a model cannot be asked for is no choice of its routes."""

    context_window = TokensField(
        label=gettext_lazy("Context window there"),
        min_value=SMALLEST_WINDOW,
        max_value=LARGEST_WINDOW,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    longest_reply = TokensField(
        label=gettext_lazy("Longest reply there"),
        min_value=bound.USEFUL_REPLY,
        max_value=LARGEST_WINDOW,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=gettext_lazy("In tokens, thinking included. Empty: whatever fits."),
    )
    efforts = forms.MultipleChoiceField(
        label=gettext_lazy("Thinking it can be asked for there"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one, or nothing could be sent there.")},
        help_text=gettext_lazy(
            "Off means that it then answers at once. Some providers have no word for that."
        ),
    )
    takes = forms.MultipleChoiceField(
        label=gettext_lazy("It takes"),
        choices=Parameter.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Conversations that set one of these pass over a route that does not take it. The longest reply is "
            "always sent: without it nothing could be held for."
        ),
    )

    def __init__(self, *args: Any, route: Route, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        window = f"{route.model.context_window:,}"
        sentence = (
            _("In tokens. Empty: as the model’s, %(window)s, which is assumed.")
            if route.model.is_window_assumed
            else _("In tokens. Empty: as the model’s, %(window)s.")
        )
        self.fields["context_window"].help_text = sentence % {"window": window}
        self.efforts_of_model = list(route.model.efforts)
        if not self.efforts_of_model:
            del self.fields["efforts"]
            return
        words = EFFORT_WORDS.items()
        choices = [(effort.value, word) for effort, word in words if effort.value in self.efforts_of_model]
        cast(forms.MultipleChoiceField, self.fields["efforts"]).choices = choices

    @classmethod
    def of(cls, route: Route) -> "RouteTakesForm":
        """Filled with what is known."""
        known = {
            "context_window": route.context_window,
            "longest_reply": route.longest_reply,
            "efforts": route.model.efforts if route.efforts is None else route.efforts,
            "takes": [one for one in Parameter.values if one not in route.lacks],
        }
        return cls(initial=known, route=route)

    def as_fields(self) -> dict[str, Any]:
        """As the route keeps it: all that the model can be asked for is no limit."""
        given = self.cleaned_data
        efforts = given.get("efforts")
        return {
            "context_window": given["context_window"],
            "longest_reply": given["longest_reply"],
            "efforts": None if not efforts or set(efforts) == set(self.efforts_of_model) else efforts,
            "lacks": [one for one in Parameter.values if one not in given["takes"]],
        }


class UpstreamNameForm(PlainForm):
    """What a provider calls the model."""

    upstream_model = forms.CharField(max_length=200)

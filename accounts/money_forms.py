"""What people may type about limits, grants, requests and teams, with every limit on it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import budgets
from accounts.actions import requests, teams
from accounts.fields import DollarsField
from accounts.models import Team, User, Window
from accounts.own_words import PlainForm

_LONGEST_NOTE = 500
_EACH = {
    Window.DAY: gettext_lazy("Dollars a day"),
    Window.WEEK: gettext_lazy("Dollars a week"),
    Window.MONTH: gettext_lazy("Dollars a month"),
    Window.TOTAL: gettext_lazy("Dollars in all"),
}
UNTIL = {
    Window.DAY.value: gettext_lazy("today"),
    Window.WEEK.value: gettext_lazy("this week"),
    Window.MONTH.value: gettext_lazy("this month"),
    Window.TOTAL.value: gettext_lazy("in all"),
}


class LimitsForm(PlainForm):
    """The limits of one owner over every window; an empty one is none."""

    day = DollarsField(label=_EACH[Window.DAY], required=False)
    week = DollarsField(label=_EACH[Window.WEEK], required=False)
    month = DollarsField(label=_EACH[Window.MONTH], required=False)
    total = DollarsField(label=_EACH[Window.TOTAL], required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=_LONGEST_NOTE,
        required=False,
        help_text=gettext_lazy("For the record; optional."),
    )

    def limits(self) -> dict[str, Any]:
        """By window."""
        return {window.value: self.cleaned_data[window.value] for window in _EACH}


class GrantForm(PlainForm):
    """More, or less, than a limit until its window ends; why is not optional."""

    act = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[("give", gettext_lazy("Give")), ("deduct", gettext_lazy("Take off"))],
    )
    amount = DollarsField(label=gettext_lazy("Dollars"))
    window = forms.ChoiceField(label=gettext_lazy("For"))
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=_LONGEST_NOTE, help_text=gettext_lazy("Kept with the amount.")
    )

    def __init__(self, *args: Any, windows: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "grant_%s"})
        choices = [(window, UNTIL[window]) for window in UNTIL if window in set(windows)]
        self.fields["window"] = forms.ChoiceField(label=_("For"), choices=choices)


class OwnLimitForm(PlainForm):
    """A person's own lower limit; empty takes it away."""

    window = forms.ChoiceField(
        label=gettext_lazy("Over"),
        choices=[
            (Window.DAY.value, gettext_lazy("a day")),
            (Window.WEEK.value, gettext_lazy("a week")),
            (Window.MONTH.value, gettext_lazy("a month")),
        ],
        initial=Window.MONTH.value,
    )
    limit = DollarsField(
        label=gettext_lazy("Dollars"), required=False, help_text=gettext_lazy("Empty: none of your own.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "own_%s"})


class AskForm(PlainForm):
    """How much more, and what for: only of windows in which there is a limit."""

    amount = DollarsField(label=gettext_lazy("How much more, in dollars"))
    window = forms.ChoiceField(label=gettext_lazy("For"))
    reason = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=requests.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Whom to ask"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("An administrator"),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "ask_%s"})
        chosen = forms.ModelChoiceField(
            label=_("Whom to ask"),
            queryset=Team.objects.filter(memberships__user=user).order_by("name"),
            required=False,
            empty_label=_("An administrator"),
        )
        self.fields["team"] = chosen
        limited = budgets.limited_windows(user)
        self.can_ask = bool(limited)
        choices = [(window, words) for window, words in UNTIL.items() if window in limited]
        self.fields["window"] = forms.ChoiceField(
            label=_("For"),
            choices=choices,
            initial=Window.MONTH.value,
            error_messages={"invalid_choice": requests.NO_LIMIT},
        )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(requests.NO_AMOUNT)
        return amount


class DecisionForm(PlainForm):
    """What is given in the end, and a word about it."""

    amount = DollarsField(label=gettext_lazy("Dollars"), required=False)
    note = forms.CharField(label=gettext_lazy("A word to them"), max_length=_LONGEST_NOTE, required=False)


class TeamForm(PlainForm):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=teams.LONGEST_NAME)


class MemberForm(PlainForm):
    """Somebody for a team, by address: names are not unique."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    is_manager = forms.BooleanField(label=gettext_lazy("They manage the team"), required=False)

    def clean_email(self) -> User:
        person = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if person is None:
            raise forms.ValidationError(_("Nobody here has this address. Invite them under People first."))
        return person


class ExceptionsForm(PlainForm):
    """What stands for one person alone."""

    is_exempt = forms.BooleanField(
        label=gettext_lazy("No limit holds for them"),
        required=False,
        help_text=gettext_lazy("What they spend is recorded all the same."),
    )
    most_parallel = forms.IntegerField(
        label=gettext_lazy("Replies at once"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=gettext_lazy("Empty: as for everybody."),
    )

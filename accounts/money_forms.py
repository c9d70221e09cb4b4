"""What people may type about limits, grants, requests and teams, with every limit on it."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.actions import requests, teams
from accounts.fields import DollarsField, MendedFirst
from accounts.models import Team, User, Window

_LONGEST_NOTE = 500
_EACH = {
    Window.DAY: "Dollars a day",
    Window.WEEK: "Dollars a week",
    Window.MONTH: "Dollars a month",
    Window.TOTAL: "Dollars in all",
}
UNTIL = {
    Window.DAY.value: "today",
    Window.WEEK.value: "this week",
    Window.MONTH.value: "this month",
    Window.TOTAL.value: "in all",
}


class _Form(forms.Form):
    bound_field_class = MendedFirst


class LimitsForm(_Form):
    """The limits of one owner over every window; an empty one is none."""

    day = DollarsField(label=_EACH[Window.DAY], required=False)
    week = DollarsField(label=_EACH[Window.WEEK], required=False)
    month = DollarsField(label=_EACH[Window.MONTH], required=False)
    total = DollarsField(label=_EACH[Window.TOTAL], required=False)
    note = forms.CharField(
        label="Note", max_length=_LONGEST_NOTE, required=False, help_text="For the record; optional."
    )

    def limits(self) -> dict[str, Any]:
        """By window."""
        return {window.value: self.cleaned_data[window.value] for window in _EACH}


class GrantForm(_Form):
    """More, or less, than a limit until its window ends; why is not optional."""

    act = forms.ChoiceField(label="What", choices=[("give", "Give"), ("deduct", "Take off")])
    amount = DollarsField(label="Dollars")
    window = forms.ChoiceField(label="For")
    note = forms.CharField(label="Why", max_length=_LONGEST_NOTE, help_text="Kept with the amount.")

    def __init__(self, *args: Any, windows: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "grant_%s"})
        choices = [(window, UNTIL[window]) for window in UNTIL if window in set(windows)]
        self.fields["window"] = forms.ChoiceField(label="For", choices=choices)


class OwnLimitForm(_Form):
    """A person's own lower limit; empty takes it away."""

    window = forms.ChoiceField(
        label="Over",
        choices=[(Window.DAY.value, "a day"), (Window.WEEK.value, "a week"), (Window.MONTH.value, "a month")],
        initial=Window.MONTH.value,
    )
    limit = DollarsField(label="Dollars", required=False, help_text="Empty: none of your own.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "own_%s"})


class AskForm(_Form):
    """How much more, and what for."""

    amount = DollarsField(label="How much more, in dollars")
    window = forms.ChoiceField(label="For", choices=list(UNTIL.items()), initial=Window.MONTH.value)
    reason = forms.CharField(
        label="What for",
        max_length=requests.LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    team = forms.ModelChoiceField(
        label="Whom to ask", queryset=Team.objects.none(), required=False, empty_label="An administrator"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": "ask_%s"})
        chosen = forms.ModelChoiceField(
            label="Whom to ask",
            queryset=Team.objects.filter(memberships__user=user).order_by("name"),
            required=False,
            empty_label="An administrator",
        )
        self.fields["team"] = chosen


class DecisionForm(_Form):
    """What is given in the end, and a word about it."""

    amount = DollarsField(label="Dollars", required=False)
    note = forms.CharField(label="A word to them", max_length=_LONGEST_NOTE, required=False)


class TeamForm(_Form):
    name = forms.CharField(label="Name", max_length=teams.LONGEST_NAME)


class MemberForm(_Form):
    """Somebody for a team, by address: names are not unique."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    is_manager = forms.BooleanField(label="They manage the team", required=False)

    def clean_email(self) -> User:
        person = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if person is None:
            raise forms.ValidationError("Nobody here has this address. Invite them under People first.")
        return person


class ExceptionsForm(_Form):
    """What stands for one person alone."""

    is_exempt = forms.BooleanField(
        label="No limit holds for them", required=False, help_text="What they spend is recorded all the same."
    )
    most_parallel = forms.IntegerField(
        label="Replies at once",
        required=False,
        min_value=1,
        max_value=100,
        help_text="Empty: as for everybody.",
    )

"""Fields as our forms show them: faults in our words, and the first faulty one ready to be typed into."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from accounts import money
from accounts.actions import budgets, prices

_CENT_PLACES = 2
_RATE_PLACES = 6  # of a dollar per 1M tokens: twelve for a token, as the ledger keeps it


class MendedFirst(BoundField):
    """In a form with faults the first faulty field has the focus, whichever has it otherwise."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        faulty = [name for name in self.form.fields if name in self.form.errors]
        return built | {"autofocus": faulty[0] == self.name} if faulty else built


class DollarsField(forms.DecimalField):
    """An amount in dollars, written as money is: 5.00, not 5.000000000000."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    too_exact = gettext_lazy("Enter whole cents, such as 0.50.")

    def __init__(
        self,
        *,
        decimal_places: int = _CENT_PLACES,
        max_value: Decimal = budgets.HIGHEST_LIMIT,
        **kwargs: Any,
    ) -> None:
        too_much = format_lazy(gettext_lazy("Enter {most} or less."), most=f"{max_value:,.0f}")
        super().__init__(
            min_value=Decimal(0),
            max_value=max_value,
            max_digits=20,
            decimal_places=decimal_places,
            error_messages={
                "invalid": gettext_lazy("Enter an amount in dollars, such as 5.00."),
                "max_decimal_places": self.too_exact,
                "min_value": gettext_lazy("Enter 0 or more."),
                "max_value": too_much,
                "max_digits": too_much,
                "max_whole_digits": too_much,
            },
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.strip().removeprefix("$") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return money.format_limit(value)[1:].replace(",", "") if isinstance(value, Decimal) else value


class RateField(DollarsField):
    """Dollars per 1M tokens."""

    too_exact = format_lazy(
        gettext_lazy("Enter at most {places} digits after the point."), places=_RATE_PLACES
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimal_places=_RATE_PLACES, max_value=prices.HIGHEST_PRICE, **kwargs)

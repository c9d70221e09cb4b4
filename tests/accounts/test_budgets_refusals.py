"""The sentence for somebody whose budget does not allow a reply."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts.ledger import BudgetRefused
from accounts.models import Scope, User, Window

NOVEMBER = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
ALICE = User(email="alice@example.org", display_name="Alice")
ADMINISTRATOR = User(email="admin@example.org", display_name="Admin", is_staff=True)


def refused(
    *,
    limit: str = "5",
    spent: str = "5",
    held: str = "0",
    needed: str = "0.2754",
    scope: Scope = Scope.USER,
    window: str = Window.MONTH,
) -> BudgetRefused:
    return BudgetRefused(
        scope=scope,
        window=window,
        at=NOVEMBER,
        limit=Decimal(limit),
        spent=Decimal(spent),
        held=Decimal(held),
        needed=Decimal(needed),
    )


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            refused(),
            "You have reached $5.00 for November. It starts again on 1 December, 00:00 (UTC). "
            "An administrator can raise the limit.",
        ),
        (
            refused(spent="4.871"),
            "This message could cost up to $0.28 and $0.12 is left for November. "
            "It starts again on 1 December, 00:00 (UTC). An administrator can raise the limit.",
        ),
        (
            refused(spent="4.5", held="0.375"),
            "This message could cost up to $0.28 and $0.12 is left for November, while other replies are being "
            "written. Send it again when they have ended. An administrator can raise the limit.",
        ),
        (
            refused(spent="4", held="1"),
            "What is left of $5.00 for November is held for replies that are being written. "
            "Send it again when they have ended. An administrator can raise the limit.",
        ),
        (
            refused(scope=Scope.ORGANISATION, limit="100", spent="101.2"),
            "The organisation has reached $100.00 for November. It starts again on 1 December, 00:00 (UTC). "
            "An administrator can raise the limit.",
        ),
        (
            refused(scope=Scope.TEAM, limit="10", spent="9.9"),
            "This message could cost up to $0.28 and $0.10 of your team’s $10.00 is left for November. "
            "It starts again on 1 December, 00:00 (UTC). An administrator can raise the limit.",
        ),
        (
            refused(window=Window.DAY),
            "You have reached $5.00 for today. It starts again on 23 November, 00:00 (UTC). "
            "An administrator can raise the limit.",
        ),
        (
            refused(window=Window.WEEK),
            "You have reached $5.00 for this week. It starts again on 23 November, 00:00 (UTC). "
            "An administrator can raise the limit.",
        ),
        (
            refused(window=Window.TOTAL),
            "You have reached $5.00 in all. An administrator can raise the limit.",
        ),
        (
            refused(limit="0", spent="0"),
            "You have no budget for November. An administrator can raise the limit.",
        ),
    ],
)
def test_it_names_the_window_the_amount_the_reset_and_whom_to_ask(
    refusal: BudgetRefused, sentence: str
) -> None:
    assert refusal.sentence_for(ALICE) == sentence


def test_it_names_the_contact_of_the_house(settings: Settings) -> None:
    settings.SUPPORT_CONTACT = "Mina (mina@example.org)"

    assert refused().sentence_for(ALICE).endswith("(UTC). Mina (mina@example.org) can raise the limit.")


def test_it_tells_an_administrator_where_to_raise_it() -> None:
    assert refused().sentence_for(ADMINISTRATOR).endswith("You can raise the limit under People.")


def test_of_several_windows_it_speaks_of_the_one_that_opens_last() -> None:
    refusals = [
        refused(window=Window.DAY),
        refused(window=Window.MONTH),
        refused(window=Window.MONTH, scope=Scope.ORGANISATION),
        refused(window=Window.WEEK),
    ]

    broadest = max(refusals, key=BudgetRefused.breadth)

    assert (broadest.window, broadest.scope) == (Window.MONTH, Scope.ORGANISATION)
    assert max([*refusals, refused(window=Window.TOTAL)], key=BudgetRefused.breadth).window == Window.TOTAL

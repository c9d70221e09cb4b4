"""Every page there is, by name: how to reach it, and as whom. Written once, for pictures, axe and whoever adds one.

A page that is not here fails `tests/ground/test_list_of_pages.py`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Who(StrEnum):
    """Who sees a page: the cast of a furnished house."""

    STRANGER = "stranger"
    MEMBER = "member"
    MANAGER = "manager"
    READER = "reader"  # of a link that a member shared
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Listed:
    """A page by the name of its pictures; `{names}` in its address are things of a furnished house."""

    name: str
    address: str
    who: Who
    status: int = 200


EVERYBODY = "00000000-0000-0000-0000-000000000000"

PAGES = (
    Listed("account-login", "/account/login/", Who.STRANGER),
    Listed("account-password-reset", "/account/password/reset/", Who.STRANGER),
    Listed("account-password-reset-done", "/account/password/reset/done/", Who.STRANGER),
    Listed("account-password-new", "{reset}", Who.STRANGER),
    Listed("account-password-new-dead", "/account/password/reset/key/0-dead/", Who.STRANGER),
    Listed("account-signup", "/account/signup/", Who.STRANGER, status=403),
    Listed("account-inactive", "/account/inactive/", Who.STRANGER),
    Listed("join", "/join/{invitation}/", Who.STRANGER),
    Listed("join-dead", "/join/{nothing}/", Who.STRANGER, status=404),
    Listed("welcome-dead", "/welcome/{nothing}/", Who.STRANGER, status=404),
    Listed("nothing-here-signed-out", "/nothing-here/", Who.STRANGER, status=404),
    Listed("chat-empty", "/", Who.MEMBER),
    Listed("chat", "/c/{conversation}/", Who.MEMBER),
    Listed("chat-steps", "/c/{stepped}/", Who.MEMBER),
    Listed("chat-folded", "/c/{folded}/", Who.MEMBER),
    Listed("chat-unanswered", "/c/{unanswered}/", Who.MEMBER),
    Listed("chat-failed", "/c/{failed}/", Who.ADMINISTRATOR),
    Listed("conversations-manage", "/conversations/{conversation}/manage/", Who.MEMBER),
    Listed("conversations-list", "/conversations/list/", Who.MEMBER),
    Listed("conversations-put-away", "/conversations/put-away/", Who.MEMBER),
    Listed("search", "/search/", Who.MEMBER),
    Listed("search-found", "/search/?q=qubit", Who.MEMBER),
    Listed("search-nothing", "/search/?q=nobody+said+this", Who.MEMBER),
    Listed("search-refused", "/search/?q=qubit&page=1000", Who.MEMBER, status=400),
    Listed("links", "/links/", Who.MEMBER),
    Listed("usage", "/usage/", Who.MEMBER),
    Listed("settings", "/settings/", Who.MEMBER),
    Listed("models", "/models/", Who.MEMBER),
    Listed("models-one", "/models/{slug}/", Who.MEMBER),
    Listed("account-password-change", "/account/password/change/", Who.MEMBER),
    Listed("account-logout", "/account/logout/", Who.MEMBER),
    Listed("join-again", "/join/{invitation}/", Who.MEMBER),
    Listed("shared", "/s/{token}/", Who.READER),
    Listed("nothing-here", "/nothing-here/", Who.MEMBER, status=404),
    Listed("teams-managed", "/teams/", Who.MANAGER),
    Listed("teams-managed-one", "/teams/{team}/", Who.MANAGER),
    Listed("requests-managed", "/requests/", Who.MANAGER),
    Listed("setup", "/providers/connect/?next=/setup/budgets/", Who.ADMINISTRATOR),
    Listed("setup-budgets", "/setup/budgets/", Who.ADMINISTRATOR),
    Listed("setup-invite", "/setup/invite/", Who.ADMINISTRATOR),
    Listed("people", "/people/", Who.ADMINISTRATOR),
    Listed("people-one", "/people/?person={member}", Who.ADMINISTRATOR),
    Listed("teams", "/teams/", Who.ADMINISTRATOR),
    Listed("teams-one", "/teams/{team}/", Who.ADMINISTRATOR),
    Listed("requests", "/requests/", Who.ADMINISTRATOR),
    Listed("budgets-person-one", "/budgets/person/{member}/", Who.ADMINISTRATOR),
    Listed("budgets-team-one", "/budgets/team/{team}/", Who.ADMINISTRATOR),
    Listed("budgets-everybody", f"/budgets/everybody/{EVERYBODY}/", Who.ADMINISTRATOR),
    Listed("spend", "/spend/", Who.ADMINISTRATOR),
    Listed("spend-by-day", "/spend/?by=day", Who.ADMINISTRATOR),
    Listed("spend-books", "/spend/books/", Who.ADMINISTRATOR),
    Listed("spend-changes", "/spend/changes/", Who.ADMINISTRATOR),
    Listed("prices", "/prices/", Who.ADMINISTRATOR),
    Listed("prices-edit", "/prices/edit/?provider=scripted&model={upstream}", Who.ADMINISTRATOR),
    Listed("ratings", "/ratings/", Who.ADMINISTRATOR),
    Listed("providers", "/providers/", Who.ADMINISTRATOR),
    Listed("providers-connect", "/providers/connect/", Who.ADMINISTRATOR),
    Listed("providers-one", "/providers/{provider}/", Who.ADMINISTRATOR),
    Listed("providers-check", "/providers/{provider}/check/", Who.ADMINISTRATOR),
    Listed("providers-models", "/providers/models/", Who.ADMINISTRATOR),
    Listed("providers-models-new", "/providers/models/new/", Who.ADMINISTRATOR),
    Listed("providers-models-one", "/providers/models/{model}/", Who.ADMINISTRATOR),
    Listed("providers-routes-takes", "/providers/routes/{route}/takes/", Who.ADMINISTRATOR),
    Listed("providers-trial", "/providers/trials/{trial}/", Who.ADMINISTRATOR),
    Listed("providers-prices", "/providers/prices/", Who.ADMINISTRATOR),
    Listed("providers-prices-one", "/providers/prices/{price_list}/", Who.ADMINISTRATOR),
)

# What answers GET and is no page of ours, by the name of its address.
NO_PAGES = {
    "chatapp.health.alive": "plain text, for whoever keeps the house running",
    "chatapp.health.ready": "plain text, for whoever keeps the house running",
    "catalogue": "the sentences of our scripts in another language",
    "accounts:setup": "leads to the page on which a provider is connected",
    "accounts:session": "JSON, for our scripts",
    "accounts:spend_csv": "a file",
    "conversations:messages": "JSON, for our scripts",
    "conversations:found": "JSON, for our scripts",
    "conversations:share": "JSON, for our scripts",
    "conversations:details": "JSON, for our scripts",
    "conversations:generation": "JSON, for our scripts",
    "conversations:queue": "JSON, for our scripts",
    "conversations:money": "JSON, for our scripts",
    "conversations:money_of": "JSON, for our scripts",
    "conversations:text": "plain text in a tab of its own",
    "conversations:diagrams": "the empty frame in which diagrams are drawn: never looked at by itself",
    "conversations:my_usage_csv": "a file",
    "conversations:sheet_csv": "a file",
}

"""A house in which something of everything exists, so that every page has something to show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.actions import invitations, people, requests
from accounts.models import Membership, PriceList, Team, User
from conversations.actions import conversations, ratings, shares, trials, versions
from conversations.models import UNFINISHED, Conversation, Message, Model, Provider, Role, Route, Trial
from tests.accounts import books
from tests.accounts.test_usage import spend
from tests.browser.pages import Listed, Who
from tests.house.conftest import Script
from tests.house.people import Person
from tests.house.processes import House, wait_until

QUESTION = "Explain quantum computing in simple terms"
THOUGHT = "They want it simple. A coin is a fair picture, as long as I say where it breaks. A table, then one formula."
ANSWER = """\
Think of a **coin in the air**: neither heads nor tails, but both until it lands. A qubit is such a coin that never
needs to land while you reckon with it.

| | A bit | A qubit |
| --- | --- | --- |
| states | 0 or 1 | any mixture of both |
| read | as often as you like | once: then it is a bit |

```python
def chances(a: complex, b: complex) -> tuple[float, float]:
    \"\"\"How likely each outcome is.\"\"\"
    return abs(a) ** 2, abs(b) ** 2
```

The two always add up to one: $|a|^2 + |b|^2 = 1$.
"""
TO_WORK_OUT = "Which of these two sums has a result?"
SUMS = ("12.5 % of 1,299", "1 / 0")
UNANSWERED = "Is light faster than sound?"
LEASE = "The lease"
LONG = "What does it say of rent?\n\n" + "".join(
    f"{number}. The tenant pays on the third working day of each month, and keeps the receipt.\n"
    for number in range(1, 121)
)
RESULT = "12.5 % of 1,299 is **162.375**. Nothing can be divided by zero.\n"
UPSTREAM = "deepseek-v4-flash"


@dataclass(frozen=True)
class Furnished:
    """Who lives here, and what stands in the addresses of their things."""

    people: Mapping[Who, User]
    things: Mapping[str, str]

    def address(self, page: Listed) -> str:
        return page.address.format_map(self.things)


def furnish(house: House, script: Script, *, admin: User, member: User, reader: User) -> Furnished:
    """One of everything; the reader manages the team as well."""
    script.play({"reasoning": THOUGHT}, {"text": ANSWER})
    owner, office = Person(member, house.url), Person(admin, house.url)
    stepped = _stepped(owner, script)
    folded, unanswered, failed = _long(owner), _unanswered(owner), _failed(office, script)
    for rare in (stepped, folded, unanswered, failed):
        # The list has one of everything without them.
        conversations.archive_conversation(conversation=rare, is_archived=True)
    conversation = _talked(owner, QUESTION)
    for title, put_away in (("Holiday plans", "archived_at"), ("A draft", "deleted_at")):
        Conversation.objects.create(
            owner=member, title=title, model=conversation.model, **{put_away: timezone.now()}
        )
    reply = Message.objects.get(conversation=conversation, role=Role.ASSISTANT)
    ratings.rate_reply(user=member, reply=reply, is_good=True, note="")
    link = shares.share_conversation(user=member, conversation=conversation, days=7, includes_reasoning=True)
    team = _team(admin, member, reader)
    provider, model = Provider.objects.get(slug="scripted"), Model.objects.get(is_default=True)
    route = Route.objects.get(model=model, provider=provider)
    things = {
        "member": str(member.pk),
        "team": str(team.pk),
        "conversation": str(conversation.pk),
        "stepped": str(stepped.pk),
        "folded": str(folded.pk),
        "unanswered": str(unanswered.pk),
        "failed": str(failed.pk),
        "token": link.token,
        "invitation": invitations.invite(actor=admin),
        "reset": people.reset_path(member),
        "nothing": "a" * 32,
        "provider": str(provider.pk),
        "model": str(model.pk),
        "slug": model.slug,
        "route": str(route.pk),
        "upstream": UPSTREAM,
        "trial": str(_trial(admin, route).pk),
        "price_list": _price_list(office, provider),
    }
    cast = {Who.MEMBER: member, Who.READER: reader, Who.MANAGER: reader, Who.ADMINISTRATOR: admin}
    return Furnished(cast, things)


def _stepped(owner: Person, script: Script) -> Conversation:
    """One in which two sums were worked out, of which one has no result."""
    both = [
        {"call": "calculate", "arguments": {"expression": expression}, "id": expression, "index": index}
        for index, expression in enumerate(SUMS)
    ]
    thought: dict[str, Any] = {"reasoning": "Both have to be right, so I have them worked out."}
    script.play(
        {"reasoning": THOUGHT},
        {"text": ANSWER},
        queue=[
            [thought, *both, {"end": "tool_calls"}],
            [{"reasoning": "The second one has no result."}, {"text": RESULT}],
        ],
    )
    return _talked(owner, TO_WORK_OUT, tools="calculate")


def _long(owner: Person) -> Conversation:
    """One in which a long text was sent."""
    return conversations.rename_conversation(conversation=_talked(owner, LONG), title=LEASE)


def _unanswered(owner: Person) -> Conversation:
    """One whose reply was deleted."""
    found = _talked(owner, UNANSWERED)
    reply = Message.objects.get(conversation=found, role=Role.ASSISTANT)
    versions.delete_message(user=found.owner, message=reply)
    return found


def _failed(owner: Person, script: Script) -> Conversation:
    """One whose reply failed."""
    script.play({"reasoning": THOUGHT}, {"text": ANSWER}, queue=[[{"status": 401, "body": ""}]])
    return _talked(owner, QUESTION)


def _talked(owner: Person, text: str, **more: str) -> Conversation:
    conversation = Conversation.objects.get(pk=owner.ask(text, **more)["conversation"]["id"])
    wait_until(
        lambda: not conversation.generations.filter(status__in=UNFINISHED).exists(),
        what="the reply to end",
    )
    return conversation


def _team(admin: User, member: User, manager: User) -> Team:
    """A team that has spent, with a request that waits."""
    team = Team.objects.create(name="Legal")
    for user in (admin, member, manager):
        Membership.objects.create(team=team, user=user, is_manager=user == manager)
    for user in (admin, member):
        books.limit_person(user, "5")
        spend(user, "1.20", team=team, tokens=(9000, 4000, 900, 300))
        spend(user, "0.40", tokens=(4000, 900, 700, 300))
    requests.ask_for_more(user=member, amount=Decimal(2), reason="The board meets on Friday.", team=team)
    return team


def _trial(admin: User, route: Route) -> Trial:
    begun = trials.try_route(actor=admin, route=route)
    wait_until(
        lambda: Trial.objects.filter(pk=begun.pk, finished_at__isnull=False).exists(),
        what="the route to be tried",
    )
    return begun


def _price_list(office: Person, provider: Provider) -> str:
    prices = (
        f'{{"data": [{{"id": "{UPSTREAM}", "pricing": {{"prompt": "0.000002", "completion": "0.000003"}}}}]}}'
    )
    pasted = office.post("/providers/prices/paste/", provider=str(provider.pk), unit="token", text=prices)
    found = re.search(r"/providers/prices/([0-9a-f-]{36})/", pasted.headers["Location"])
    assert found
    return str(PriceList.objects.get(pk=found.group(1)).pk)

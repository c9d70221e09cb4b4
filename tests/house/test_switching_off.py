"""A provider, a route or a model is switched off or removed while replies are being written and wait."""

import uuid
from decimal import Decimal

import pytest

from accounts.models import EntryKind, LedgerEntry, User
from conversations.models import Generation, Model, Provider, Route
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

USAGE = {"prompt_tokens": 5, "completion_tokens": 2}


@pytest.fixture
def writing(house: House, person_for: PersonFor, script: Script, alice: User) -> tuple[Person, str]:
    """Alice, and her reply of which the first word is there."""
    script.play({"text": "First"}, {"wait": "gate"}, {"text": " last"}, {"finish": "stop"}, {"usage": USAGE})
    person = person_for(alice)
    generation = str(person.ask("Hello")["reply"]["reply"]["generation"])
    wait_until(lambda: Generation.objects.get(pk=generation).reply.text == "First", what="its first word")
    return person, generation


def off(what: str) -> str:
    """The address that switches it off or removes it."""
    provider, route = Provider.objects.get(slug="scripted"), Route.objects.get(provider__slug="scripted")
    return {
        "provider": f"/providers/{provider.pk}/off/",
        "provider and key": f"/providers/{provider.pk}/remove/",
        "route": f"/providers/routes/{route.pk}/off/",
        "model": f"/providers/models/{route.model_id}/off/",
    }[what]


def another_default() -> None:
    """The default itself is never switched off."""
    Model.objects.update(is_default=False)
    Model.objects.create(
        slug="other", name="Other", short_name="Other", context_window=9_000, is_default=True
    )


@pytest.mark.parametrize("what", ["provider", "provider and key", "route", "model"])
def test_what_is_being_written_goes_on_to_its_end_and_nothing_new_is_sent(
    what: str, writing: tuple[Person, str], person_for: PersonFor, script: Script, admin: User
) -> None:
    person, generation = writing
    conversation = Generation.objects.get(pk=generation).conversation
    another_default()

    person_for(admin).post(off(what))
    script.release("gate")
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the end")

    assert person.reply(generation)["text"] == "First last"
    charge = LedgerEntry.objects.get(kind=EntryKind.CHARGE)
    assert charge.amount == Decimal("0.000007")
    conversation.refresh_from_db()
    refused = person.post(
        f"/conversations/{conversation.pk}/messages/",
        client_id=str(uuid.uuid4()),
        text="More",
        after=str(conversation.tip_id),
    )
    assert refused.status_code == 422
    assert "nothing was sent" in refused.json()["error"]["message"]
    assert len(script.calls()) == 1


def test_what_waits_in_line_ends_with_the_reason_and_costs_nothing(
    writing: tuple[Person, str], person_for: PersonFor, script: Script, admin: User, bob: User
) -> None:
    _, running = writing
    Provider.objects.update(most_parallel=1)
    other = person_for(bob)
    waiting = str(other.ask("Me too")["reply"]["reply"]["generation"])

    person_for(admin).post(off("provider"))
    script.release("gate")
    wait_until(lambda: other.reply(waiting)["status"] == "failed", what="its end")

    assert "No provider is connected for DeepSeek V4 Flash" in str(other.reply(waiting))
    assert len(script.calls()) == 1
    booked = LedgerEntry.objects.filter(generation_id=waiting)
    assert {entry.kind for entry in booked} == {EntryKind.HOLD, EntryKind.RELEASE}
    wait_until(lambda: Generation.objects.get(pk=running).status == "done", what="what was being written")

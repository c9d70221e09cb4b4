"""Who starts next: fair between people, within what a person and a provider may have running at once."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from conversations.generation import claim
from conversations.models import Conversation, Generation, Message, Model, Provider, Role, Status

BEGIN = timezone.now()


class Line:
    """Generations as they would be queued, a second apart."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.length = 0

    def queue(self, user: User, count: int = 1, provider: str = "scripted") -> list[uuid.UUID]:
        return [self._one(user, provider) for _ in range(count)]

    def _one(self, user: User, provider: str) -> uuid.UUID:
        self.length += 1
        talk = Conversation.objects.create(owner=user, title="-", model=self.model, effort="off")
        reply = Message.objects.create(conversation=talk, role=Role.ASSISTANT, author_name="-")
        return Generation.objects.create(
            reply=reply,
            conversation=talk,
            owner=user,
            model=self.model,
            effort="off",
            provider=provider,
            input_bound=1,
            max_tokens=1,
            highest_input_price=0,
            highest_output_price=0,
            queued_at=BEGIN + timedelta(seconds=self.length),
        ).pk


@pytest.fixture
def line(model: Model) -> Line:
    return Line(model)


def limit(provider: str, most: int) -> None:
    Provider.objects.filter(slug=provider).update(most_parallel=most)


def take(most: int = 200) -> set[uuid.UUID]:
    """What a worker with room for so many takes at one look."""
    taken: set[uuid.UUID] = set()
    while more := claim.claim(worker="here", most=most - len(taken)):
        taken.update(more)
    return taken


def end(*generations: uuid.UUID) -> None:
    Generation.objects.filter(pk__in=generations).update(status=Status.DONE)


def test_a_person_has_four_replies_running_and_the_next_starts_when_one_ends(line: Line, alice: User) -> None:
    queued = line.queue(alice, 6)

    first = take()
    end(queued[2])

    assert first == set(queued[:4])
    assert take() == {queued[4]}


@override_settings(PARALLEL_REPLIES_PER_PERSON=2)
def test_the_number_of_a_persons_replies_is_a_setting(line: Line, alice: User) -> None:
    queued = line.queue(alice, 6)

    assert take() == set(queued[:2])


def test_a_person_may_have_a_number_of_their_own(line: Line, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(most_parallel=6)
    User.objects.filter(pk=bob.pk).update(most_parallel=1)
    alices, bobs = line.queue(alice, 8), line.queue(bob, 3)

    assert take() == {*alices[:6], bobs[0]}


def test_who_has_nothing_running_comes_before_who_queued_thirty_earlier(
    line: Line, alice: User, bob: User
) -> None:
    alices = line.queue(alice, 30)
    bobs = line.queue(bob)

    assert take(most=2) == {alices[0], bobs[0]}


def test_a_provider_gets_no_more_than_it_takes_and_its_room_goes_round(
    line: Line, alice: User, bob: User
) -> None:
    limit("scripted", 3)
    alices = line.queue(alice, 30)
    bobs = line.queue(bob, 2)

    first = take()
    end(bobs[0])

    assert first == {alices[0], bobs[0], alices[1]}
    assert take() == {bobs[1]}
    assert take() == set()


def test_what_waits_for_one_provider_holds_up_nobody_who_asks_another(
    line: Line, alice: User, bob: User, model: Model
) -> None:
    limit("scripted", 1)
    Provider.objects.create(
        slug="other", kind="openai-compatible", name="Other", base_url="http://127.0.0.1:9"
    )
    narrow = line.queue(alice, 10)
    wide = [*line.queue(alice, 2, provider="other"), *line.queue(bob, 1, provider="other")]

    assert take() == {narrow[0], *wide}


def test_room_that_one_person_may_not_use_goes_to_another(line: Line, alice: User, bob: User) -> None:
    for slug in ("one", "two"):
        Provider.objects.create(slug=slug, kind="openai-compatible", name=slug, base_url="http://127.0.0.1:9")
        limit(slug, 4)
    line.queue(alice, 4, provider="one")
    line.queue(alice, 4, provider="two")
    bobs = line.queue(bob, 2, provider="two")

    taken = take()

    assert set(bobs) <= taken
    assert Counter(Generation.objects.filter(pk__in=taken).values_list("owner__display_name", flat=True)) == {
        "Alice": 4,
        "Bob": 2,
    }


def test_a_route_of_a_provider_that_is_gone_is_not_limited(line: Line, alice: User) -> None:
    queued = line.queue(alice, 1, provider="long gone")

    assert take() == set(queued)


def test_a_reply_that_has_ended_meanwhile_is_not_taken(line: Line, alice: User, model: Model) -> None:
    queued = line.queue(alice, 2)
    end(queued[0])

    assert take() == {queued[1]}

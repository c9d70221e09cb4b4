"""Bounds: whoever floods, hoards or hangs costs themselves only."""

import uuid
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import connection, transaction
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from conversations import consumers, sockets
from conversations.models import Provider
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person, Socket
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

NOBODY = str(uuid.UUID(int=0))
MOST_GROWTH = 30_000_000


def memory_of(pid: int) -> int:
    """Bytes in real memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:", 1)[1].split()[0]) * 1024


def pour(socket: Socket, frame: str, times: int) -> None:
    """Say it as fast as it goes, until it is done or the server has enough."""
    try:
        for _ in range(times):
            socket.say(frame)
    except ConnectionClosed:
        pass


def was_closed(socket: Socket, *codes: int, answers: int = 10_000) -> bool:
    """True when the server closed it with one of these codes, or while we poured on and its word was lost; and had not
    said more than so much before."""
    try:
        for _ in range(answers + 1):
            socket.next()
    except ConnectionClosed as closed:
        return closed.rcvd is None or closed.rcvd.code in codes
    return False


def was_answered_in_full(socket: Socket, times: int) -> bool:
    """True when every one of so many pings was answered; False when the server closed it for saying too much."""
    try:
        for _ in range(times):
            assert socket.next()["type"] == "pong"
    except ConnectionClosed as closed:
        assert closed.rcvd is None or closed.rcvd.code == 4429
        return False
    return True


def asked(person: Person, text: str) -> str:
    return str(person.ask(text)["reply"]["reply"]["generation"])


def statuses(person: Person, generations: list[str]) -> list[str]:
    return [person.reply(generation)["status"] for generation in generations]


def test_a_flood_of_small_frames_is_closed_at_once_and_others_notice_nothing(
    house: House, person_for: PersonFor, script: Script, alice: User, bob: User
) -> None:
    script.play({"tokens": 40, "rate": 40, "word": "x "})
    before = memory_of(house.web.pid)
    with person_for(alice).socket() as flood, person_for(bob).socket() as bystander:
        bystander.follow(asked(person_for(bob), "Hi"))
        pour(flood, '{"type":"ping"}', 10_000)

        # At once: in the second in which it was too much, which a slow server may reach only some seconds later.
        assert was_closed(flood, 4429, answers=5 * consumers.MOST_FRAMES_PER_SECOND)
        assert bystander.until("ended")[-1]["reply"]["text"] == "x " * 40
    assert memory_of(house.web.pid) - before < MOST_GROWTH


def test_a_flood_of_large_frames_is_closed_and_leaves_no_memory_behind(
    house: House, person_for: PersonFor, alice: User
) -> None:
    before = memory_of(house.web.pid)
    with person_for(alice).socket() as flood:
        pour(flood, "x" * 60_000, 1_000)

        assert was_closed(flood, 1008, 4429)
    assert memory_of(house.web.pid) - before < MOST_GROWTH


def test_a_flood_while_the_database_hangs_is_closed_all_the_same(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"wait": "for ever"})
    person = person_for(alice)
    generation = asked(person, "Hi")
    before = memory_of(house.web.pid)
    with person.socket() as flood, transaction.atomic(), connection.cursor() as cursor:
        # Nobody can look whether the reply is theirs until this is over, however long that takes here.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("LOCK TABLE conversations_generation IN ACCESS EXCLUSIVE MODE")
        flood.follow(generation)
        pour(flood, '{"type":"ping"}', 10_000)

        assert was_closed(flood, 4429)
    assert memory_of(house.web.pid) - before < MOST_GROWTH
    person.post(f"/generations/{generation}/stop/")


def test_many_tabs_together_may_not_say_more_than_a_person_may(
    person_for: PersonFor, alice: User, bob: User
) -> None:
    # No tab says more than it may by itself, however they fall into seconds: only together it is too much.
    person, times = person_for(alice), consumers.MOST_FRAMES_PER_SECOND - 5
    with ExitStack() as tabs, person_for(bob).socket() as bystander:
        mine = [tabs.enter_context(person.socket()) for _ in range(sockets.MOST_PER_USER)]
        for tab in mine:
            pour(tab, '{"type":"ping"}', times)

        assert not all(was_answered_in_full(tab, times) for tab in mine)
        bystander.say({"type": "ping"})
        assert bystander.next()["type"] == "pong"


def test_two_hundred_tabs_of_one_person_get_twenty_sockets_and_others_still_get_theirs(
    house: House, person_for: PersonFor, alice: User, bob: User
) -> None:
    person, refused = person_for(alice), 0
    with ExitStack() as tabs:
        for _ in range(200):
            try:
                tabs.enter_context(person.socket())
            except ConnectionClosed as closed:
                assert closed.rcvd is not None
                assert closed.rcvd.code == 4429
                refused += 1
        with person_for(bob).socket() as other:
            assert other.hello["type"] == "hello"
        assert person.http.get("/readyz").status_code == 200

    assert refused == 200 - sockets.MOST_PER_USER


def test_one_persons_thirty_replies_at_a_stalled_provider_do_not_keep_another_from_starting(
    house: House, person_for: PersonFor, script: Script, alice: User, bob: User
) -> None:
    script.play({"wait": "for ever"})
    hoarder, other = person_for(alice), person_for(bob)
    hoarded = [asked(hoarder, f"{number}") for number in range(30)]
    wait_until(lambda: len(script.calls()) == 4, what="four of them to be asked for")
    script.play({"text": "ok"})

    generation = asked(other, "Just this")
    wait_until(lambda: other.reply(generation)["status"] == "done", what="the other's reply")

    assert statuses(hoarder, hoarded) == ["running"] * 4 + ["queued"] * 26
    for one in reversed(hoarded):
        hoarder.post(f"/generations/{one}/stop/")


def test_at_a_provider_that_takes_four_the_other_persons_reply_is_the_next_one(
    house: House, person_for: PersonFor, script: Script, alice: User, bob: User
) -> None:
    Provider.objects.update(most_parallel=4)
    script.play({"wait": "for ever"})
    hoarder, other = person_for(alice), person_for(bob)
    hoarded = [asked(hoarder, f"{number}") for number in range(10)]
    wait_until(lambda: len(script.calls()) == 4, what="four of them to be asked for")
    script.play({"text": "ok"})
    generation = asked(other, "Just this")
    with other.socket() as tab:
        tab.follow(generation)
        tab.until("waiting")

        hoarder.post(f"/generations/{hoarded[0]}/stop/")
        assert tab.until("ended")[-1]["reply"]["status"] == "done"
    asked_for = [call["body"]["messages"][-1]["content"] for call in script.calls()]
    assert asked_for.index("Just this") == 4
    for one in reversed(hoarded):
        hoarder.post(f"/generations/{one}/stop/")

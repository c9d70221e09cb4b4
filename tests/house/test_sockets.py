"""The socket under people who lose their right, and under bad input."""

from contextlib import ExitStack
from functools import partial

import psutil
import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.actions import people as person_acts
from accounts.models import User
from conversations import sockets
from conversations.models import UNFINISHED, Generation
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn, Person, Socket
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

# What a page that acknowledges nothing is sent of replies that are longer by far: as much as this, and no more.
LEAST_UNREAD, MOST_UNREAD = 200_000, 600_000
MALFORMED = [
    "{",
    "[]",
    "null",
    "",
    "[" * 3000,
    '{"type":"nope"}',
    '{"type":"follow"}',
    '{"type":"follow","generation":5,"after":0}',
    '{"type":"follow","generation":"user.5","after":0}',
    '{"type":"ack","generation":"0190aaaa-0000-7000-8000-000000000000","seq":-1}',
    '{"type":"ack","generation":"0190aaaa-0000-7000-8000-000000000000","seq":1e400}',
    '{"type":["follow"]}',
    '{"type":"ping","x":"\\ud800"}',
    "1" * 4000,
]


@pytest.mark.parametrize("frame", MALFORMED)
def test_a_malformed_frame_is_answered_in_words_and_the_socket_goes_on(
    person_for: PersonFor, alice: User, frame: str
) -> None:
    with person_for(alice).socket() as socket:
        socket.say(frame)
        answer = socket.next()
        socket.say({"type": "ping"})

        assert (answer["type"], answer["code"]) == ("fault", "bad_frame") or answer["type"] == "pong"
        assert socket.next()["type"] == "pong"


def test_binary_frames_are_refused_in_words(person_for: PersonFor, alice: User) -> None:
    with person_for(alice).socket() as socket:
        socket.say(b"\x00\xff")

        assert socket.next()["code"] == "bad_frame"


def test_ten_bad_frames_close_that_socket_only(
    person_for: PersonFor, script: Script, alice: User, bob: User
) -> None:
    script.play({"tokens": 20, "rate": 100, "word": "x "})
    with person_for(alice).socket() as bad, person_for(bob).socket() as bystander:
        generation = person_for(bob).ask("Hi")["reply"]["reply"]["generation"]
        bystander.follow(generation)
        for _ in range(10):
            bad.say("nonsense")

        assert bad.close_code() == 1008
        assert bystander.until("ended")[-1]["reply"]["text"] == "x " * 20


def test_a_flood_of_frames_closes_the_socket(person_for: PersonFor, alice: User) -> None:
    with person_for(alice).socket() as socket:
        for _ in range(200):
            socket.say({"type": "ping"})

        assert socket.close_code() == 4429


def test_the_socket_is_closed_to_who_is_not_signed_in(house: House, db: None) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        Socket(house.url, "nobody")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


@pytest.mark.parametrize("origin", ["https://evil.test", "http://127.0.0.1:1", "null"])
def test_other_origins_get_no_socket(house: House, person_for: PersonFor, alice: User, origin: str) -> None:
    session = person_for(alice).session

    with pytest.raises(InvalidStatus):
        Socket(house.url, session, origin=origin)


def test_a_reader_that_does_not_read_is_sent_no_more_until_it_does_and_misses_nothing(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    word = "x" * 99 + " "
    script.play({"tokens": 8000, "rate": 4000, "word": word})
    person = person_for(alice)
    with person.socket() as socket:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        socket.follow(generation)
        wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")
        drawn = Drawn()
        while len(drawn.text) <= LEAST_UNREAD:
            drawn.fold([socket.next()])
        with pytest.raises(TimeoutError):
            while True:
                drawn.fold([socket.next(seconds=1)])
        unread = len(drawn.text)
        while drawn.reply is None:
            socket.say({"type": "ack", "generation": generation, "seq": drawn.seq})
            drawn.fold([socket.next()])

    assert unread < MOST_UNREAD
    assert drawn.text == word * 8000


def is_done(person: Person, generation: str) -> bool:
    return bool(person.reply(generation)["status"] == "done")


def test_a_reader_of_many_replies_is_sent_no_more_than_one_of_a_single_reply(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    word = "x" * 99 + " "
    script.play({"tokens": 2500, "rate": 4000, "word": word})
    person = person_for(alice)
    with person.socket() as socket:
        drawn = {person.ask("Hi")["reply"]["reply"]["generation"]: Drawn() for _ in range(4)}
        for generation in drawn:
            socket.follow(generation)
        for generation in drawn:
            wait_until(partial(is_done, person, generation), what="all to be done")
        unread = 0
        with pytest.raises(TimeoutError):
            while True:
                frame = socket.next(**({"seconds": 1} if unread > LEAST_UNREAD else {}))
                if "generation" in frame:
                    drawn[frame["generation"]].fold([frame])
                    unread = sum(len(one.text) for one in drawn.values())
        for generation, one in drawn.items():
            socket.say({"type": "ack", "generation": generation, "seq": one.seq})
        while not all(one.reply for one in drawn.values()):
            frame = socket.next()
            if "generation" in frame:
                one = drawn[frame["generation"]].fold([frame])
                socket.say({"type": "ack", "generation": frame["generation"], "seq": one.seq})

    assert unread < MOST_UNREAD
    assert [one.text for one in drawn.values()] == [word * 2500] * 4


def test_who_asks_and_never_listens_is_cut_off(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 10_000, "rate": 0, "word": "x" * 99 + " "})
    person = person_for(alice)
    with person.socket() as bystander, person.socket() as deaf:
        long_replies = [person.ask("Hi")["reply"]["reply"]["generation"] for _ in range(3)]
        wait_until(
            lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(),
            what="the replies to be done",
        )
        beyond_all = 10**9  # so that the answer is the end, which holds all of the text
        web = psutil.Process(house.web.pid)
        before = web.memory_info().rss

        def asks_on_and_is_cut_off() -> bool:
            try:
                for generation in long_replies[:2]:
                    deaf.follow(generation, after=beyond_all)
            except ConnectionClosed as closed:
                return closed.rcvd is None  # cut off, not told to go
            # What the server has sent to somebody else meanwhile shows that it was not idle.
            bystander.follow(long_replies[2], after=beyond_all)
            bystander.until("ended")
            return False

        wait_until(asks_on_and_is_cut_off, what="the server to hang up")
        grown = web.memory_info().rss - before

        bystander.say({"type": "ping"})
        assert bystander.until("pong")
    assert grown < 40_000_000


def test_the_twenty_first_tab_is_told_so(person_for: PersonFor, alice: User) -> None:
    person = person_for(alice)
    with ExitStack() as tabs:
        for _ in range(sockets.MOST_PER_USER):
            tabs.enter_context(person.socket())

        with pytest.raises(ConnectionClosed) as closed:
            person.socket()

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4429
    with person.socket() as again:
        assert again.hello["type"] == "hello"


def test_suspending_somebody_closes_their_sockets_and_stops_their_replies_within_two_seconds(
    person_for: PersonFor, script: Script, alice: User, admin: User
) -> None:
    script.play({"tokens": 2000, "rate": 20, "word": "x "})
    person = person_for(alice)
    with person.socket() as socket:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        socket.follow(generation)
        socket.until("delta")

        person_acts.suspend_user(actor=admin, user=alice, note="")

        assert socket.close_code() == 4403
    wait_until(
        lambda: Generation.objects.get(pk=generation).status == "stopped",
        what="the reply to be stopped",
    )
    # Two seconds, where the machine is not held up: each looks once a second.
    assert max(sockets.LOOK_SECONDS, settings.TIMINGS.snapshot) <= 1
    assert person.http.get("/", follow_redirects=False).status_code == 302
    wait_until(lambda: script.calls()[0]["left_at"], what="the provider's socket to be closed")


def test_signing_out_closes_that_sessions_sockets_and_no_others(person_for: PersonFor, alice: User) -> None:
    here, elsewhere = person_for(alice), person_for(alice)
    with here.socket() as gone, elsewhere.socket() as kept:
        here.post("/account/logout/")

        assert gone.close_code() == 4401
        kept.say({"type": "ping"})
        assert kept.next()["type"] == "pong"

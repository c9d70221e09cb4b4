"""A reply on its way: provider, worker, event log, socket, and back from Postgres."""

from decimal import Decimal

import pytest

from accounts.models import LedgerEntry, User
from conversations import consumers
from conversations.models import Attempt, Generation, Message
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


def test_a_reply_streams_to_the_socket_and_is_stored_priced_and_settled(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Let me "}, {"reasoning": "think."}, {"text": "Hello "}, {"text": "world."})
    person = person_for(alice)

    with person.socket() as socket:
        asked = person.ask("Hi")
        generation = asked["reply"]["reply"]["generation"]
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("ended"))

    assert drawn.reply is not None
    assert (drawn.reply["status"], drawn.reply["text"], drawn.reply["reasoning"]) == (
        "done", "Hello world.", "Let me think.",
    )  # fmt: skip
    assert drawn.reply["thought_line"].startswith("Thought for")
    assert drawn.reply["tally"]["cost"].startswith("$0.0")
    stored = Message.objects.get(role="assistant")
    assert (stored.text, stored.reasoning) == ("Hello world.", "Let me think.")
    kinds = list(LedgerEntry.objects.order_by("created_at", "kind").values_list("kind", flat=True))
    assert sorted(kinds) == ["charge", "hold", "release"]
    assert len(script.calls()) == 1


def test_the_price_held_for_is_the_length_sent_upstream(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "ok"})

    person_for(alice).ask("Hi")
    wait_until(lambda: script.calls(), what="the provider to be asked")

    generation = Generation.objects.get()
    assert script.calls()[0]["body"]["max_tokens"] == generation.max_tokens == 32_768


def test_a_late_follower_gets_all_of_it_and_goes_on_live(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 50, "word": "a "}, {"wait": "rest"}, {"tokens": 50, "word": "b "})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["text"] == "a " * 50, what="text in Postgres")

    with person.socket() as socket:
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("delta", "snapshot"))
        before = drawn.text
        script.release("rest")
        drawn.fold(socket.until("ended"))

    assert before == "a " * 50
    assert drawn.text == "a " * 50 + "b " * 50
    assert drawn.reply is not None
    assert drawn.reply["text"] == drawn.text


def test_resuming_after_a_number_gives_exactly_the_rest(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 60, "rate": 100, "word": "x "}, {"wait": "rest"}, {"text": "end"})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    with person.socket() as socket:
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("delta"))
    script.release("rest")

    with person.socket() as socket:
        socket.follow(generation, drawn.seq)
        drawn.fold(socket.until("ended"))

    assert drawn.text == "x " * 60 + "end"


def test_two_sockets_of_one_person_show_the_same(person_for: PersonFor, script: Script, alice: User) -> None:
    script.play({"tokens": 40, "rate": 200, "word": "x "})
    person = person_for(alice)

    with person.socket() as one, person.socket() as two:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        assert one.until("hint")[-1]["topic"] == two.until("hint")[-1]["topic"] == "reply_started"
        for socket in (one, two):
            socket.follow(generation)
        first, second = Drawn().fold(one.until("ended")), Drawn().fold(two.until("ended"))

    assert first.text == second.text == "x " * 40


def test_closing_the_socket_does_not_stop_the_reply(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "first "}, {"wait": "rest"}, {"text": "second"})
    person = person_for(alice)
    with person.socket() as socket:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        socket.follow(generation)
        socket.until("delta")

    script.release("rest")

    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")
    assert person.reply(generation)["text"] == "first second"


def test_a_finished_reply_is_told_at_once_to_who_follows_it(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "done"})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")

    with person.socket() as socket:
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("ended"))

    assert drawn.reply is not None
    assert drawn.reply["text"] == "done"


def test_a_page_that_stays_open_follows_any_number_of_replies(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "hi"})
    person = person_for(alice)

    with person.socket() as socket:
        for _ in range(consumers.MOST_FOLLOWED + 3):
            socket.follow(person.ask("Hi")["reply"]["reply"]["generation"])
            assert socket.until("ended")[-1]["reply"]["text"] == "hi"


def test_a_reply_of_somebody_else_cannot_be_followed(
    person_for: PersonFor, script: Script, alice: User, charlie: User
) -> None:
    script.play({"text": "secret-canary"}, {"wait": "rest"})
    generation = person_for(alice).ask("Hi")["reply"]["reply"]["generation"]

    with person_for(charlie).socket() as socket:
        socket.follow(generation)
        fault = socket.until("fault")[-1]
        socket.say({"type": "ping"})
        answer = socket.next()

    script.release("rest")
    assert (fault["code"], answer["type"]) == ("not_found", "pong")


def test_a_provider_that_fails_before_the_first_token_is_asked_again_once_and_costs_nothing(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "second try"}, queue=[[{"status": 503, "body": {"error": {"message": "busy"}}}]])
    person = person_for(alice)

    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")

    assert person.reply(generation)["text"] == "second try"
    first, second = Attempt.objects.order_by("number")
    assert (first.cost, first.cost_source, first.fault_code) == (Decimal(0), "nothing", "overloaded")
    assert second.cost is not None and second.cost > 0


def test_a_refused_key_is_said_in_words_and_the_hold_comes_back(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"status": 401, "body": {"error": {"message": "Invalid key sk-canary-123"}}})
    person = person_for(alice)

    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "failed", what="the reply to fail")

    reply = person.reply(generation)
    assert "Scripted" in reply["note"] and "key" in reply["note"]
    assert "sk-canary" not in str(reply)
    assert sum(LedgerEntry.objects.exclude(kind="charge").values_list("amount", flat=True)) == 0
    assert reply["can_retry"]


def test_retry_gives_another_reply_and_keeps_the_first(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "two"}, queue=[[{"text": "one"}]])
    person = person_for(alice)
    asked = person.ask("Hi")
    first = asked["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(first)["status"] == "done", what="the first reply")

    answer = person.post(f"/replies/{asked['reply']['id']}/retry/", client_id="0190aaaa-retry")
    second = answer.json()["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(second)["status"] == "done", what="the second reply")

    assert answer.json()["replaces"] == asked["reply"]["id"]
    assert set(Message.objects.filter(role="assistant").values_list("text", flat=True)) == {"one", "two"}
    page = person.http.get(asked["conversation"]["url"]).text
    assert "two" in page


def test_hostile_text_of_the_provider_is_stored_as_text(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    hostile = "a\x00b \u2028 <img src=x onerror=alert(1)> [x](javascript:alert(1))"
    script.play(
        {"text": hostile},
        {"raw": 'data: {"choices":[{"index":0,"delta":{"content":" \\ud83d\\ude42 \\ud800!"}}]}\n\n'},
        {"end": "stop"},
    )
    person = person_for(alice)

    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")

    text = Message.objects.get(role="assistant").text
    assert text == hostile.replace("\x00", "\ufffd") + " 🙂 \ufffd!"
    page = person.http.get(f"/c/{Generation.objects.get().conversation_id}/").text
    assert "<img src=x" not in page


def test_a_reply_longer_than_any_frame_a_page_may_send_arrives_whole(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    text = "word " * 40_000
    script.play({"text": text}, {"wait": "more"}, {"text": "end"})
    person = person_for(alice)
    with person.socket() as socket:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("delta"))
        assert drawn.text == text

        script.release("more")
        drawn.fold(socket.until("ended"))

    assert drawn.reply is not None
    assert drawn.reply["text"] == f"{text}end"

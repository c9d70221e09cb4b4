"""Finding what was said: only one's own, only what is there, in any language, and shown as text."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import ledger
from accounts.models import User
from conversations import access, tasks
from conversations.models import Conversation, Generation, Message, Model, SearchRow, Status
from conversations.search import excerpts, filling, reading, rows, words
from conversations.search.asked import Asked
from conversations.views import search
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk, lengthen


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a search takes says how busy the machine is; who is to be told of it sets it short."""
    monkeypatch.setattr(reading, "PATIENCE_MS", 60_000)


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


def found(client: Client, q: str, **more: Any) -> dict[str, Any]:
    """What the palette is told."""
    answer = client.get("/search/found/", {"q": q, **more}, headers=JSON)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def texts(client: Client, q: str) -> list[str]:
    """The excerpts of the messages that are found, the latest first."""
    return ["".join(part["text"] for part in hit["parts"]) for hit in found(client, q)["messages"]]


def marks(client: Client, q: str) -> list[str]:
    """What is marked in them."""
    return [part["text"] for hit in found(client, q)["messages"] for part in hit["parts"] if part["is_hit"]]


def titles(client: Client, q: str) -> list[str]:
    return [row["title"] for row in found(client, q)["conversations"]]


def talk_of(client: Client, said: str, answered: str = "ok") -> Talk:
    talk = Talk(client, said)
    talk.end(answered)
    return talk


def test_what_was_said_and_what_was_answered_is_found_and_opens_on_its_branch(client: Client) -> None:
    talk = talk_of(client, "What is a qubit?", "A coin in the air, says the physicist.")

    (hit,) = found(client, "physicist")["messages"]

    assert hit["url"] == f"/c/{talk.id}/?message={talk.reply}&q=physicist"
    assert (hit["title"], hit["author"]) == ("What is a qubit?", "V4 Flash")
    assert texts(client, "qubit") == ["What is a qubit?"]
    assert titles(client, "qubit") == ["What is a qubit?"]


def test_a_hit_on_another_branch_is_shown_by_its_address(client: Client) -> None:
    talk = talk_of(client, "Tell me of badgers", "They dig.")
    talk.edit(talk.first, "Tell me of otters")
    talk.end("They swim.")
    assert talk.texts() == ["Tell me of otters", "They swim."]

    (hit,) = found(client, "badgers")["messages"]
    client.get(hit["url"])

    assert talk.texts() == ["Tell me of badgers", "They dig."]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("The École of Zürich", "ecole"),
        ("The École of Zürich", "ZURICH"),
        ("Die Straße ist lang", "strasse"),
        ("see snake_case_names here", "case"),
        ("mail to ada@example.org now", "ada@example.org"),
        ("look into /etc/hosts first", "etc/hosts"),
        ("it is 3.14 or so", "3.14"),
        ("wide ＡＢＣ letters", "abc"),
        ("Привет, мир", "мир"),
        ("Η οδός μας", "ΟΔΌΣ"),
        ("שלום עולם", "עולם"),
        ("مرحبا بالعالم", "بالعالم"),
        ("हिन्दी में लिखो", "हिन्दी"),
        ("请解释量子计算的原理", "量子计算"),
        ("请解释量子计算的原理", "原"),
        ("请解释量子计算的原理", "理"),
        ("请解释量子计算的原理", "解释 原理"),
        ("用GPT模型回答", "gpt模型"),
        ("東京タワーへ行きたい", "タワー"),
        ("한국어로 대답해", "한국어"),
        ("อธิบายควอนตัมหน่อย", "ควอนตัม"),
    ],
)
def test_words_of_any_language_are_found_whatever_their_case_and_accents(
    client: Client, said: str, asked: str
) -> None:
    talk_of(client, "Nothing of the kind")
    talk_of(client, said)

    assert texts(client, asked) == [said]
    assert marks(client, asked)


def test_all_words_have_to_be_there_and_the_last_may_go_on(client: Client) -> None:
    talk_of(client, "Quantum computing in simple terms")
    talk_of(client, "A quantum of solace")

    assert texts(client, "quantum comp") == ["Quantum computing in simple terms"]
    assert marks(client, "quantum comp") == ["Quantum", "comp"]
    assert texts(client, "quan comp") == []  # only the last one may go on


def test_words_in_quotes_stand_in_a_row_and_what_has_a_minus_is_left_out(client: Client) -> None:
    talk_of(client, "the red house by the sea")
    talk_of(client, "the house is red")

    assert texts(client, '"red house"') == ["the red house by the sea"]
    assert texts(client, "“red house”") == ["the red house by the sea"]
    assert texts(client, "red -sea") == ["the house is red"]
    assert texts(client, 'red -"red house"') == ["the house is red"]
    assert texts(client, '"red hous') == ["the red house by the sea"]  # not closed yet
    assert texts(client, '"red hous"') == []


def test_what_is_deleted_is_found_nowhere_and_what_is_restored_is_found_again(client: Client) -> None:
    talk = talk_of(client, "A secret plan", "Very secret.")
    client.post(f"/messages/{talk.reply}/delete/", headers=JSON)

    assert texts(client, "secret") == ["A secret plan"]
    assert not SearchRow.objects.filter(message_id=talk.reply).exists()

    client.post(f"/conversations/{talk.id}/delete/", headers=JSON)
    assert found(client, "secret") == {"conversations": [], "messages": []}
    client.post(f"/conversations/{talk.id}/restore/", headers=JSON)
    assert texts(client, "secret") == ["A secret plan"]


def test_deleting_a_message_takes_all_below_it_out_on_every_branch(client: Client) -> None:
    talk = talk_of(client, "first walrus", "walrus one")
    talk.say("second walrus")
    talk.end("walrus two")
    talk.retry(talk.reply)
    talk.end("walrus three")

    client.post(f"/messages/{talk.first}/delete/", headers=JSON)

    assert texts(client, "walrus") == []
    assert not SearchRow.objects.exists()


def test_what_is_archived_is_found_and_says_so(client: Client) -> None:
    talk = talk_of(client, "Done with narwhals")
    client.post(f"/conversations/{talk.id}/archive/", {"on": "on"}, headers=JSON)

    answer = found(client, "narwhals")

    assert [hit["is_archived"] for hit in (*answer["messages"], *answer["conversations"])] == [True, True]
    page = client.get("/search/", {"q": "narwhals"}).text.partition("<main")[2].partition("</main>")[0]
    assert page.count("archived</span>") == 2


def test_nobody_finds_what_is_somebody_elses(client: Client, client_for: ClientFor, charlie: User) -> None:
    talk_of(client, "Canary in my mine")
    assert texts(client, "canary") == ["Canary in my mine"]

    others = client_for(charlie)

    assert found(others, "canary") == {"conversations": [], "messages": []}
    assert "mine" not in others.get("/search/", {"q": "canary"}).text
    owner_word = rows.owner_word(User.objects.get(email="alice@example.org").pk)
    assert found(others, owner_word)["messages"] == []
    assert Client().get("/search/?q=canary").status_code == 302
    assert Client().get("/search/found/?q=canary", headers=JSON).status_code == 401


def test_a_fork_and_a_continued_copy_are_found_by_whose_they_are(
    client: Client, client_for: ClientFor, bob: User
) -> None:
    talk = talk_of(client, "All about pangolins", "Pangolins roll up.")
    client.post(f"/messages/{talk.reply}/fork/", {"client_id": "fork-it-now"}, headers=JSON)
    assert texts(client, "roll") == ["Pangolins roll up."] * 2

    link = client.post(f"/conversations/{talk.id}/share/", headers=JSON).json()["url"]
    theirs = client_for(bob)
    assert texts(theirs, "pangolins") == []
    theirs.post(f"/s/{link.split('/s/', 1)[1]}continue/")

    assert sorted(texts(theirs, "pangolins")) == ["All about pangolins", "Pangolins roll up."]


def test_a_reply_is_found_however_it_ended_and_not_before(client: Client) -> None:
    for number, status in enumerate((Status.STOPPED, Status.INTERRUPTED, Status.FAILED)):
        talk = Talk(client, f"Try {number}")
        Message.objects.filter(pk=talk.reply).update(text="A halfling snapshot")
        assert texts(client, "halfling") == ["A halfling as kept"] * number
        talk.end("A halfling as kept", status)

    assert len(texts(client, "halfling")) == 3


def test_what_waited_and_what_was_continued_is_found(client: Client) -> None:
    talk = Talk(client, "Begin")
    talk.say("An ocelot waits", after=talk.reply)
    assert texts(client, "ocelot") == []
    talk.end("Half a", finish_reason="length")
    assert texts(client, "ocelot") == ["An ocelot waits"]
    cut = talk.end("The axolotl is", finish_reason="length")
    talk.go_on(cut)
    talk.end(" a salamander")

    assert "The axolotl is a salamander" in texts(client, "axolotl salamander")


def test_markup_in_what_was_said_is_shown_as_text(client: Client) -> None:
    hostile = "<script>alert(1)</script> <mark>tapir</mark> &amp; <b>"
    talk_of(client, hostile)

    page = client.get("/search/", {"q": "tapir"}).text

    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt; &lt;mark&gt;<mark>tapir</mark>&lt;/mark&gt; &amp;amp;" in page
    )
    assert "<script>alert" not in page
    assert "<b>tapir" not in client.get("/search/", {"q": "<b>tapir</b>"}).text
    assert texts(client, "tapir") == [hostile]


def test_an_excerpt_is_a_line_around_the_hit(client: Client) -> None:
    talk_of(client, "Long", f"{'before ' * 100}\n\nthe okapi here\n\n{'after ' * 100}")

    (line,) = texts(client, "okapi")

    assert line.startswith("… before")
    assert "before the okapi here after" in line
    assert line.endswith(" …")
    assert len(line) < 300


@pytest.mark.parametrize(
    "asked", ["great auk", "auk great", '"great auk"', '"great auk" iceland', "GRÉAT au"]
)
def test_an_excerpt_is_from_where_all_words_stand_closest_together(client: Client, asked: str) -> None:
    apart = f"A great bird.\n\n{'before ' * 100}\n\nNo auk. Iceland.\n\n{'before ' * 100}"
    talk_of(client, "Long", f"{apart}\n\nthe great auk in Iceland\n\n{'after ' * 100}")

    (line,) = texts(client, asked)

    assert "before the great auk in Iceland after" in line


@pytest.mark.parametrize("asked", ["", "   ", "%_%", "-okapi", '"', "-", "()&|!:*<->", "'; --", "@", "☃"])
def test_what_has_no_word_finds_nothing_and_says_so(client: Client, asked: str) -> None:
    talk_of(client, "An okapi")

    assert found(client, asked) == {"conversations": [], "messages": []}
    assert client.get("/search/", {"q": asked}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [("a\x00b", "characters that no text has"), ("x" * 10_000, "at most 200 characters")],
)
def test_what_cannot_be_looked_for_is_refused_in_plain_words(
    client: Client, asked: str, sentence: str
) -> None:
    answer = client.get("/search/", {"q": asked})
    assert (answer.status_code, sentence in answer.text) == (400, True)

    answer = client.get("/search/found/", {"q": asked}, headers=JSON)
    assert (answer.status_code, sentence in answer.json()["error"]["message"]) == (400, True)


@pytest.mark.parametrize("page", ["0", "-1", "51", "10000000", "x"])
def test_no_page_is_beyond_the_last(client: Client, page: str) -> None:
    assert client.get("/search/", {"q": "okapi", "page": page}).status_code == 400


def test_what_is_found_comes_in_pages_the_latest_first(client: Client) -> None:
    talk = talk_of(client, "Begin")
    messages = lengthen(talk.row, 15, "Answer {} of the lemur")
    messages += lengthen(talk.row, 15, "Answer {} of the lemur, again")
    for _ in filling.fill():
        pass

    first = client.get("/search/", {"q": "lemur"})
    second = client.get("/search/", {"q": "lemur", "page": "2"})

    shown = [first, second]
    counts = [sum(len(group["hits"]) for group in answer.context["groups"]) for answer in shown]
    assert counts == [20, 10]
    assert 'href="?q=lemur&amp;page=2" rel="next"' in first.text
    assert 'rel="next"' not in second.text
    assert "again" in "".join(part["text"] for part in first.context["groups"][0]["hits"][0]["parts"])


def test_titles_are_found_within_words_and_by_their_latest_name(client: Client) -> None:
    talk = talk_of(client, "Hello there")
    client.post(f"/conversations/{talk.id}/rename/", {"title": "Café crème & Co"}, headers=JSON)

    assert titles(client, "afe creme") == ["Café crème & Co"]
    assert titles(client, "hello") == []
    assert titles(client, "cafe -creme") == []
    assert texts(client, "hello") == ["Hello there"]


def test_somebody_who_asks_all_the_time_is_told_and_others_notice_nothing(
    client: Client, client_for: ClientFor, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MOST_SEARCHES", 3)
    with time_machine.travel(
        timezone.now(), tick=False
    ):  # all of it within one span of those that are counted
        answers = [client.get("/search/found/", {"q": "okapi"}, headers=JSON).status_code for _ in range(8)]

        assert answers == [200] * 3 + [429] * 5
        assert client.get("/search/", {"q": "okapi"}).status_code == 429
        assert client_for(bob).get("/search/", {"q": "okapi"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_search_that_takes_too_long_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    with psycopg.connect(**_own_connection()) as other, monkeypatch.context() as short:
        short.setattr(reading, "PATIENCE_MS", 100)
        other.execute("LOCK TABLE conversations_searchrow IN ACCESS EXCLUSIVE MODE")

        answer = client.get("/search/", {"q": "okapi"})

    assert (answer.status_code, "What was saved is safe" in answer.text) == (503, True)
    assert client.get("/search/", {"q": "okapi"}).status_code == 200


def _own_connection() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}


def test_however_long_and_odd_a_text_is_it_ends_and_is_found_by_its_beginning(client: Client) -> None:
    every_pair = "".join(chr(0x4E00 + n % 20_000) for n in range(0, 7 * 400_000, 7))
    for text in (
        "numbat " + " ".join(f"word{n}" for n in range(100_000)),
        "numbat " + "x" * 1_000_000,
        "numbat " + every_pair,
        "numbat " + "a' b\\ c:1 'd':2 | & ! " * 5_000,
        "numbat " + "\ufdfa" * 200_000,
    ):
        talk_of(client, "Long", text)

    assert len(found(client, "numbat")["messages"]) == 5


def test_a_row_is_written_with_the_text_or_not_at_all(
    client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Talk(client, "Once")

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the worker dies after the row and before the money")

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "settle", fail)
        with pytest.raises(RuntimeError):
            talk.end("A dying gnu")
    assert texts(client, "gnu") == []
    assert not SearchRow.objects.filter(message_id=talk.reply).exists()
    assert Message.objects.get(pk=talk.reply).text == ""

    Generation.objects.update(status=Status.QUEUED)
    talk.end("A living gnu")

    assert texts(client, "gnu") == ["A living gnu"]


def test_a_send_that_is_refused_leaves_no_row(client: Client) -> None:
    Model.objects.get(is_default=True).routes.all().delete()

    answer = client.post("/conversations/", {"text": "A kudu", "client_id": "kudu-kudu"}, headers=JSON)

    assert answer.status_code >= 400
    assert not SearchRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_there_was_a_search_is_filled_in(client: Client) -> None:
    talk = talk_of(client, "An old emu")
    lengthen(talk.row, 250, "Emu {}")
    deleted = talk_of(client, "A deleted emu")
    client.post(f"/messages/{deleted.first}/delete/", headers=JSON)
    running = Talk(client, "Another emu")
    Message.objects.filter(pk=running.reply).update(text="Emu, half a")
    SearchRow.objects.all().delete()

    for _ in range(2):
        call_command("setup", verbosity=0)
    assert _jobs() == ["conversations.fill_search"]
    asyncio.run(tasks.fill_search())

    whole = Message.objects.filter(deleted_at=None).exclude(pk=running.reply)
    assert SearchRow.objects.count() == whole.count() == 503
    assert texts(client, '"old emu"') == ["An old emu"]
    assert [*filling.fill()] == []  # nothing is left to do


@pytest.mark.django_db(transaction=True)
def test_a_long_copy_is_found_once_the_worker_has_been_at_it_and_nobody_waits_for_that(
    client: Client, client_for: ClientFor, bob: User
) -> None:
    talk = talk_of(client, "An old emu")
    link = client.post(f"/conversations/{talk.id}/share/", headers=JSON).json()["url"]
    Message.objects.filter(pk=talk.first).update(text="An old emu. " + "Word " * 50_000)
    before = _jobs()
    client.post(f"/messages/{talk.reply}/fork/", {"client_id": "fork-it-now"}, headers=JSON)
    client_for(bob).post(f"/s/{link.split('/s/', 1)[1]}continue/")

    fork = Conversation.objects.get(forked_from__isnull=False)
    assert SearchRow.objects.filter(conversation=fork).count() == 0
    assert _jobs() == [*before, "conversations.fill_search"]  # for the one that is long
    asyncio.run(tasks.fill_search(str(fork.pk)))

    assert len(texts(client, '"old emu"')) == 2
    assert texts(client_for(bob), '"old emu"') == ["An old emu"]


def test_what_is_missing_is_filled_in_by_hand(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    talk = talk_of(client, "An old emu")
    SearchRow.objects.filter(message_id=talk.first).delete()
    assert texts(client, "emu") == []

    call_command("fill_search")

    assert texts(client, "emu") == ["An old emu"]
    assert "1 can be found now that could not before." in capsys.readouterr().out


def _jobs() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE task_name LIKE %s", ["%fill_search"])
        return [name for (name,) in cursor.fetchall()]


def test_a_row_of_a_message_that_was_deleted_meanwhile_shows_nothing(client: Client, alice: User) -> None:
    talk = talk_of(client, "A late ibex")
    client.post(f"/messages/{talk.first}/delete/", headers=JSON)
    rows.add(alice.pk, [Message.objects.get(pk=talk.first)])

    assert access.searched_for(alice).count() == 1
    assert found(client, "ibex")["messages"] == []


def test_what_dresses_a_reply_is_left_out_of_its_line_and_what_is_meant_stays(client: Client) -> None:
    talk_of(client, "**mine** is typed so", "## Bold\n\nA **gibbon** and `code`, 2**3, mine and bold")

    assert texts(client, "gibbon") == ["Bold A gibbon and code, 2**3, mine and bold"]
    assert texts(client, "typed") == ["**mine** is typed so"]

    talk_of(client, "Compare", "A saola:\n\n| A bit | A qubit |\n| --- | :---: |\n| 0 or 1 | both |")
    assert texts(client, "saola") == ["A saola: A bit | A qubit 0 or 1 | both"]


def test_of_a_link_its_words_are_shown_and_its_address_where_that_was_looked_for(client: Client) -> None:
    talk_of(client, "Ask", "Read [the CommonMark spec](https://spec.example/0.31/) for badgers.")

    assert texts(client, "badgers") == ["Read the CommonMark spec for badgers."]
    assert marks(client, "commonmark") == ["CommonMark"]
    assert texts(client, "0.31") == ["Read [the CommonMark spec](https://spec.example/0.31/) for badgers."]


def test_what_only_leaves_out_asks_for_a_word_to_look_for(client: Client) -> None:
    page = client.get("/search/", {"q": "-fox"}).text

    assert "“-fox” only leaves out. Add a word to look for." in page


def test_no_word_is_cut_in_two(client: Client) -> None:
    talk_of(client, "Long", f"the dugong {'manatees ' * 100}")

    (line,) = texts(client, "dugong")

    assert set(line.split()) == {"the", "dugong", "manatees", "…"}


def test_what_is_looked_for_is_never_compressed_together_with_what_is_found(client: Client) -> None:
    talk_of(client, "Tell me of badgers")

    for address in ("/search/?q=badgers", "/search/found/?q=badgers"):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert "badgers" in answer.text
        assert "Content-Encoding" not in answer.headers
    packed = client.get("/search/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"


# --- hostile text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "marks",
    [
        pytest.param("\u0301\u0316" * 100_000, id="accents"),
        pytest.param("\u0651\u064b" * 100_000, id="of Arabic"),
        pytest.param(("\u0651\u064b" * 14 + "\u034f") * 7_000, id="with a joiner that is taken out"),
        pytest.param("\u0f73\u0f71" * 100_000, id="that are two when they come apart"),
    ],
)
def test_marks_without_end_on_one_letter_are_few_when_it_is_folded(marks: str) -> None:
    folded = words.folded(f"a{marks} b")

    assert folded[0] == "a"
    assert folded[-2:] == " b"
    assert len(folded) < 100
    assert took(lambda: words.folded("a" + marks)) < HANGS_S


@pytest.mark.parametrize(
    ("text", "q", "hit"),
    [
        ("a" + "\u0301" * 200_000 + "c a b", '"a b"', "a b"),
        ("x" + "ั" * 200_000 + "z x ั ั ก", '"x ั ั ก"', "x ั ั ก"),
        ("ั" * 200_000 + " ั ิ z", '"ั ิ z"', "ั ิ z"),
    ],
)
def test_words_in_a_row_are_found_behind_marks_without_end(text: str, q: str, hit: str) -> None:
    asked = Asked(q)

    assert [part.text for part in excerpts.excerpt(text, asked) if part.is_hit] == [hit]

    assert took(lambda: excerpts.excerpt(text, asked)) < HANGS_S


# Far more than any machine needs for these texts in proportion to their length (some hundredths of a second), and far
# less than with the square of it: 200,000 marks in one run take Python's own sorting of them half a minute.
HANGS_S = 5


def took(work: Callable[[], object]) -> float:
    """Seconds of this process, not of the machine."""
    before = time.process_time()
    work()
    return time.process_time() - before

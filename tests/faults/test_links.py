"""The network between parts: cut, reset, silent, refusing, corrupting."""

import pytest
from websockets.exceptions import InvalidStatus

from accounts.models import LedgerEntry
from conversations.models import Attempt
from tests.faults.conftest import TIMINGS, Case
from tests.faults.rig import Rig
from tests.house.processes import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.stack

LONG = ({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "rest"}, {"tokens": 20, "word": "more "})
SHOWN = len("word " * 60)
WHOLE = "word " * 60 + "more " * 20


def test_a_provider_out_of_reach_before_the_first_token_is_asked_again(case: Case, rig: Rig) -> None:
    case.expected.uncalled = 2
    rig.script.play({"text": "at last"})
    provider = rig.link("provider")
    tried = provider.connections
    provider.refuse_next()
    provider.reset()  # a connection may have been kept
    asked = case.ask(case.person())
    tab = case.watch(asked)
    wait_until(lambda: provider.connections > tried, what="the provider to be tried")

    with rig.timed("provider out of reach before the first token: the reply's end"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", "at last")
    assert len(rig.script.calls()) == 1
    sources = list(Attempt.objects.order_by("number").values_list("cost_source", flat=True))
    assert set(sources[:-1]) == {"nothing"}


@pytest.mark.parametrize("how", ["cut", "reset"])
def test_a_provider_lost_in_mid_reply_is_not_asked_again(case: Case, rig: Rig, how: str) -> None:
    rig.script.play(*LONG)
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(SHOWN)

    getattr(rig.link("provider"), how)()
    with rig.timed(f"provider lost in mid-reply ({how}): the reply's end"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert len(rig.script.calls()) == 1
    assert LedgerEntry.objects.get(kind="charge").source == "estimated"


def test_bytes_that_were_changed_on_the_way_end_the_reply_in_words(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 400, "rate": 200, "word": "word "})
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(20)

    rig.link("provider").corrupt(0.5)
    # Where the framing itself was broken, aiohttp tells its reader nothing, and silence ends it (NEXT_DATA_SECONDS).
    shown = tab.wait_until_over(seconds=float(TIMINGS["NEXT_DATA_SECONDS"]) + PATIENCE_SECONDS)

    assert shown.status in ("done", "failed", "interrupted")
    assert shown.ended is not None
    assert shown.status == "done" or shown.ended["note"]


def test_a_slow_line_makes_a_slow_reply_and_a_whole_one(case: Case, rig: Rig) -> None:
    rig.link("provider").slow(20_000)
    rig.script.play({"tokens": 60, "word": "word "})
    shown = case.watch(case.ask(case.person())).wait_until_over()

    assert (shown.status, shown.text) == ("done", "word " * 60)


def test_a_socket_that_is_broken_again_and_again_shows_every_word_once(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 120, "rate": 60, "word": "word "}, {"wait": "rest"})
    tab = case.watch(case.ask(case.person()))
    for times, length in enumerate((20, 100, 200, 300), 1):
        tab.wait_for_text(length)
        # On a busy machine the words may have been there before the break: then nothing is held that could break.
        wait_until(lambda: tab.is_connected, what="a socket to break")
        rig.link("browser").reset()
        wait_until(lambda times=times: tab.reconnects >= times, what=f"reconnect {times}")  # type: ignore[misc]
    rig.script.release("rest")
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", "word " * 120)
    assert tab.reconnects >= 4


@pytest.mark.parametrize("lost", ["both", "down"])
def test_a_half_open_link_is_noticed_and_resumed(case: Case, rig: Rig, lost: str) -> None:
    rig.script.play(*LONG)
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(20)
    browser = rig.link("browser")
    if lost == "both":
        browser.blackhole()
    else:
        browser.one_way("down")
    wait_until(lambda: tab.reconnects > 0, what="the tab to give its socket up")
    browser.heal()
    with rig.timed(f"half-open link ({lost}): all text on screen"):
        tab.wait_for_text(SHOWN)
    rig.script.release("rest")
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", WHOLE)


def test_where_no_socket_can_be_had_the_same_reply_is_read_over_http(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "more"}, *LONG)
    person = case.person()
    rig.link("browser").forbid_upgrades()
    asked = case.ask(person)
    with pytest.raises(InvalidStatus):
        person.socket()

    pictures: list[str] = []

    def shows(text: str) -> bool:
        pictures.append(str(asked.now["text"]))
        return pictures[-1] == text

    wait_until(lambda: shows("word " * 60), what="text over HTTP")
    rig.script.release("more")
    wait_until(lambda: shows("word " * 120), what="more text over HTTP")
    rig.script.release("rest")
    wait_until(lambda: asked.now["status"] == "done", what="the reply's end over HTTP")

    whole = "word " * 60 + WHOLE
    assert all(whole.startswith(picture) for picture in pictures)
    assert asked.now["text"] == whole

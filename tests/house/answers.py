"""What came of a send, and what is on screen then."""

from typing import Any

from tests.house.people import Person
from tests.house.processes import wait_until


def generation_of(answer: dict[str, Any]) -> str:
    """Who writes the reply of this answer to a send."""
    return str(answer["reply"]["reply"]["generation"])


def ended(person: Person, answer: dict[str, Any], status: str = "done") -> dict[str, Any]:
    """The reply of this answer, when it is over."""
    generation = generation_of(answer)
    wait_until(lambda: person.reply(generation)["status"] == status, what=f"a reply to be {status}")
    return person.reply(generation)


def texts(person: Person, conversation: str) -> list[str]:
    """What is on screen, message by message."""
    answer = person.http.get(f"/conversations/{conversation}/messages/")
    return [view["text"] for view in answer.json()["messages"]]

"""The socket's vocabulary is one: Python, TypeScript and the docs say the same."""

import re
from dataclasses import fields
from pathlib import Path

from conversations.events import SERVER_EVENTS, VERSION, Ask, Close, Topic

BASE_DIR = Path(__file__).resolve().parent.parent.parent
TYPESCRIPT = (BASE_DIR / "static/src/models/events.ts").read_text()
DOCS = (BASE_DIR / "docs/protocol.md").read_text()


def test_the_page_knows_every_event_and_its_fields() -> None:
    listed = {
        kind: re.findall(r'"(\w+)"', names)
        for kind, names in re.findall(r'\{ type: "(\w+)", fields: \[(.*?)\] \}', TYPESCRIPT)
    }

    assert listed == {event.type: [field.name for field in fields(event)] for event in SERVER_EVENTS}


def test_the_page_knows_the_version_every_topic_and_every_ask() -> None:
    topics = re.search(r"TOPICS = \[(.*?)\]", TYPESCRIPT, re.DOTALL)
    asks = re.search(r"export type Ask =(.*?);\n\n", TYPESCRIPT, re.DOTALL)

    assert f"VERSION = {VERSION};" in TYPESCRIPT
    assert topics and re.findall(r'"(\w+)"', topics[1]) == list(Topic)
    assert asks and re.findall(r'type: "(\w+)"', asks[1]) == list(Ask)


def test_the_docs_name_every_event_field_topic_ask_and_close_code() -> None:
    for event in SERVER_EVENTS:
        row = re.search(rf"^\| `{event.type}` \|.*$", DOCS, re.MULTILINE)
        assert row, event.type
        for field in fields(event):
            assert f"`{field.name}`" in row[0], (event.type, field.name)
    for word in (*Topic, *Ask):
        assert f"`{word}`" in DOCS
    for code in (value for name, value in vars(Close).items() if name.isupper()):
        assert str(code) in DOCS

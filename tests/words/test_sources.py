"""No sentence for people stands in the sources where nobody could translate it."""

import pytest

from chatapp.languages.catalogues import BASE_DIR
from tests.words import sources

# Who is spoken to there is no reader of a page. What is added here has been looked at.
NOT_FOR_READERS = {
    "accounts/management/": "whoever runs a command",
    "accounts/migrations/": "Django's own words",
    "accounts/rollups.py": "whoever proves the books, in a log and a command",
    "chatapp/body_limit.py": "a client that sends too much: Django has not seen the request yet",
    "chatapp/embedded/": "whoever starts Parley",
    "chatapp/environment.py": "whoever starts Parley",
    "chatapp/house.py": "whoever starts Parley",
    "chatapp/management/": "whoever runs a command",
    "chatapp/supervisor.py": "whoever starts Parley",
    "conversations/consumers.py": "our scripts, which go by the code",
    "conversations/frames.py": "our scripts, which go by the code",
    "conversations/generation/prompt.py": "the model",
    "conversations/generation/proof.py": "whoever proves the books",
    "conversations/generation/steps.py": "the model, whose steps show what it was told",
    "conversations/hops.py": "the model, whose steps show what it was told",
    "conversations/management/": "whoever runs a command",
    "conversations/providers/": "the log; what readers are told stands in sentences.py",
    "conversations/tools/": "the model, whose steps show what it was told",
}
# Names, and what is typed as it stands.
NAMES = {"Parley", "· Parley", "CSV", "is-conversation", "is-conversation is-shared", "Diagrams"} | {
    *("/new", "/title …", "/model …", "/think …", "/share", "/fork", "/settings", "/help")
}


def test_every_sentence_of_python_goes_through_gettext() -> None:
    found = [sentence for path in sources.python_files() for sentence in sources.sentences_in(path)]

    assert [one for one in found if not one.startswith(tuple(NOT_FOR_READERS))] == []
    assert [place for place in NOT_FOR_READERS if not any(one.startswith(place) for one in found)] == []


def test_every_word_of_a_template_can_be_translated() -> None:
    found = {
        f"{path.name}: {word}"
        for path in (BASE_DIR / "templates").rglob("*.*")
        for word in sources.words_in_template(path.read_text())
        if word not in NAMES
    }

    assert found == set()


def test_every_sentence_of_the_scripts_goes_through_words() -> None:
    found = {
        f"{path.name}: {sentence}"
        for path in (BASE_DIR / "static/src").rglob("*.ts")
        for sentence in sources.sentences_in_script(path.read_text())
    }

    assert found == set()


@pytest.mark.parametrize(
    "template",
    [
        "<p>Nothing was sent.</p>",
        '<p title="Nothing was sent">{{ why }}</p>',
        "{% translate 'One.' %} and <b>two</b>",
        "{% if one %}<i>One</i>{% endif %}",
    ],
)
def test_what_stands_in_a_template_by_itself_is_found(template: str) -> None:
    assert sources.words_in_template(template)


def test_a_sentence_in_a_script_is_found_unless_it_is_given_to_words() -> None:
    assert sources.sentences_in_script('say("Nothing was sent.");') == ["Nothing was sent."]
    assert sources.sentences_in_script("say(`Nothing was sent by ${whom}.`);") == [
        "Nothing was sent by ${whom}."
    ]
    assert sources.sentences_in_script('say(t("Nothing was sent."), "quiet");') == []
    assert sources.sentences_in_script('tn(\n  "%(count)s is left.",\n  "%(count)s are left.",\n 2)') == []

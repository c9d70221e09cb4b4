"""What the demo says. The texts stand beside this file, in `answers/`."""

import re
from dataclasses import dataclass
from pathlib import Path

_TEXTS = {path.stem: path.read_text() for path in (Path(__file__).parent / "answers").glob("*.md")}
_TOKEN = re.compile(r"\s*\w{1,7}|\s*[^\w\s]{1,2}|\s+")
_NOT_QUOTABLE = re.compile(
    r"[^\w\s.,;:!?'’%€$£+=/-]|\$"
)  # what Markdown or the quotation marks would take amiss
_QUOTED_WORDS = 8
_QUOTED_CHARACTERS = 60
_GO_ON = "Your last message was cut off."  # how Parley begins to ask for the rest
_OVERHEAD_TOKENS = 3  # of a template, for each message


@dataclass(frozen=True, slots=True)
class Canned:
    """A scripted reply."""

    reasoning: str
    text: str


def answer_to(question: str, effort: str) -> Canned:
    """The reply to a message. `effort` is one of none, low, high, xhigh (or what others call them)."""
    name = "quantum" if "quantum comput" in question.lower() else "general"
    quoted = _first_words(question)
    reasoning = _TEXTS[f"{name}.thinking"].replace("{question}", quoted).strip()
    if effort in ("none", "off", "disabled"):
        reasoning = ""
    elif effort in ("low", "minimal"):
        reasoning = "\n\n".join(reasoning.split("\n\n")[:2])
    return Canned(reasoning, _TEXTS[name].replace("{question}", quoted).strip() + "\n")


def going_on(texts: list[str], effort: str) -> Canned | None:
    """What is left of the reply that was cut off, if the last text asks for that; None where it asks otherwise.

    `texts` ends with the question, what was written of its answer, and the wish to go on.
    """
    if len(texts) < 3 or not texts[-1].startswith(_GO_ON):
        return None
    question, written = texts[-3:-1]
    whole = answer_to(question, effort).text
    return Canned("", whole.removeprefix(written)) if whole != written else Canned("", "\n")


def asking_for(expression: str, effort: str) -> Canned:
    """What comes before a sum is asked for."""
    thought = f"The question comes down to {expression}. I would rather have that worked out than guess."
    return Canned("" if effort in ("none", "off", "disabled") else thought, "")


def answer_with(result: str) -> Canned:
    """What is said of a sum that was worked out."""
    return Canned(
        "",
        f"That comes to **{result}**.\n\nThis is the demo model: scripted text, real plumbing. The sum was worked out "
        "by this server, digit by digit; the step above says with what. An administrator can connect DeepSeek V4 "
        "Flash to get real answers.\n",
    )


def tokens_of(text: str) -> list[str]:
    """`text` cut into pieces about as long as a model's tokens."""
    return _TOKEN.findall(text)


def prompt_tokens(texts: list[str]) -> int:
    """About what a prompt of these messages would count."""
    return sum(-(-len(text.encode("utf-8", "replace")) // 4) + _OVERHEAD_TOKENS for text in texts)


def _first_words(question: str) -> str:
    words = _NOT_QUOTABLE.sub("", question).split()
    quoted = " ".join(words[:_QUOTED_WORDS])[:_QUOTED_CHARACTERS].rstrip()
    if len(quoted) < len(" ".join(words)):
        quoted += "…"
    return quoted or "…"

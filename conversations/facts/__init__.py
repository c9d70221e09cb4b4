"""What others state of a model: each fact with who says so and when it was read. Nothing here is fetched."""

from conversations.facts import deepseek_v4_flash
from conversations.facts.base import Facts

_KNOWN = {facts.slug: facts for facts in (deepseek_v4_flash.FACTS,)}


def of(slug: str) -> Facts | None:
    """What is stated of the model with this slug; None when nothing is."""
    return _KNOWN.get(slug)

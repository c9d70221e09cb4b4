"""What people call the providers and models of the books, which know them by slugs and by the providers' own names.

Who has the names says them: `conversations` does, when it is ready, and this app does not know it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# What a provider adds to a name in its answers, for the same model: its day or its variant.
_ADDED = re.compile(r"(-\d{4}-?\d\d-?\d\d|-\d{4}|:[a-z]+)$")


@dataclass(frozen=True, slots=True)
class Names:
    """By slug, and by provider slug and upstream name; whatever has no name is called what the books call it."""

    providers: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[tuple[str, str], str] = field(default_factory=dict)
    upstream: Mapping[str, str] = field(default_factory=dict)  # models by upstream name, at whatever provider

    def provider(self, slug: str) -> str:
        """ "OpenRouter"."""
        return self.providers.get(slug, slug)

    def model(self, upstream_model: str, provider: str = "") -> str:
        """ "DeepSeek V4 Flash", also of "deepseek/deepseek-v4-flash-20260423"."""
        for name in (upstream_model, _ADDED.sub("", upstream_model)):
            found = self.models.get((provider, name)) or self.upstream.get(name)
            if found:
                return found
        return upstream_model


_tellers: list[Callable[[], Names]] = []


def told_by(teller: Callable[[], Names]) -> Callable[[], Names]:
    """A decorator: this is who knows the names, and is asked anew whenever they are wanted."""
    _tellers[:] = [teller]
    return teller


def known() -> Names:
    """The names as they are now. Three queries."""
    return _tellers[0]() if _tellers else Names()

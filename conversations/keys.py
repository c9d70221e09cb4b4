"""The keys of the pages, once: the list that people read is what the scripts listen by."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Cap(NamedTuple):
    """A key as it is printed. `name` is what scripts know it by, where it has another face on a Mac."""

    face: str | Promise
    name: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a key does. Each of `chords` does it: "mod+k", where mod is Ctrl, or ⌘ on a Mac."""

    act: str  # of static/src/elements/palette/page_acts.ts; "" = the part of the page that has the focus does it
    chords: tuple[str, ...]
    words: str | Promise

    @property
    def caps(self) -> list[list[Cap]]:
        """Each chord, key by key."""
        return [[_CAPS.get(key, Cap(key.upper())) for key in chord.split("+")] for chord in self.chords]


# No letters by themselves: whoever thinks to be writing would set them off, and speech is heard as letters. Alt with
# a letter that opens no menu of Chrome, Edge or Firefox; none is a screen reader's.
EVERYWHERE = (
    Shortcut("palette", ("mod+k",), _("Search, or do something by its name")),
    Shortcut("new", ("alt+n",), _("New conversation")),
    Shortcut("box", ("alt+m",), _("Go to the message box")),
    Shortcut("previous", ("alt+arrowup",), _("The conversation above in the list")),
    Shortcut("next", ("alt+arrowdown",), _("The conversation below in the list")),
    Shortcut("copy", ("alt+c",), _("Copy the last reply")),
    Shortcut("thinking", ("alt+r",), _("Open or fold the last thinking")),
    Shortcut("", ("escape",), _("Close what is open, or else stop the reply")),
    Shortcut("keys", ("mod+/",), _("This list")),
)
# These are off where somebody wishes so.
NOT_WHILE_WRITING = (
    Shortcut("keys", ("?",), _("This list")),
    Shortcut("sidebar", ("[",), _("Fold the conversations away, or back")),
    Shortcut("", ("letter",), _("Write it into the message box")),
)
IN_THE_BOX = (
    Shortcut("", ("enter",), _("Send")),
    Shortcut("", ("shift+enter",), _("New line")),
    Shortcut("", ("arrowup",), _("What you said before, in an empty box")),
    Shortcut("", ("/",), _("Commands, at the beginning")),
)

_CAPS = {
    "mod": Cap(pgettext_lazy("key", "Ctrl"), "mod"),
    "alt": Cap(pgettext_lazy("key", "Alt"), "alt"),
    "shift": Cap(pgettext_lazy("key", "Shift"), "shift"),
    "escape": Cap(pgettext_lazy("key", "Esc")),
    "enter": Cap(pgettext_lazy("key", "Enter")),
    "letter": Cap(pgettext_lazy("key", "A letter")),
    "arrowup": Cap("↑"),
    "arrowdown": Cap("↓"),
}


def groups() -> list[tuple[str | Promise, tuple[Shortcut, ...]]]:
    """All of them, under headings."""
    return [
        (_("Everywhere"), EVERYWHERE),
        (_("While you are not writing"), NOT_WHILE_WRITING),
        (_("In the message box"), IN_THE_BOX),
    ]


def by_act() -> dict[str, Shortcut]:
    """The first key of each act, to stand beside it."""
    found: dict[str, Shortcut] = {}
    for shortcut in (*EVERYWHERE, *NOT_WHILE_WRITING):
        found.setdefault(shortcut.act, shortcut)
    return found

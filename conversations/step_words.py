"""What a step says of itself, in a line."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations import hops
from conversations.hops import Hop, State, Step

MOST_OF_A_RESULT = 60  # characters


def hops_shown(kept: Iterable[Hop]) -> list[dict[str, Any]]:
    """All of them as pages have them, each step with its line."""
    kept = tuple(kept)
    return [
        {
            **shown,
            "steps": [
                {**step, "line": line_of(made)} for step, made in zip(shown["steps"], hop.steps, strict=True)
            ],
        }
        for shown, hop in zip(hops.shown(kept), kept, strict=True)
    ]


def line_of(step: Step) -> str:
    """ "Calculated 12.5 × 3 = 37.5"; `static/src/models/steps.ts` says the same while it is written."""
    about = {"about": step.about or step.name[:80]}
    if step.name != "calculate" or not step.about:
        if step.state == State.FAILED:
            return _("%(about)s did not work") % about
        return (_("Used %(about)s") if step.state == State.DONE else _("Using %(about)s…")) % about
    if step.state == State.DONE:
        return _("Calculated %(about)s %(result)s") % {**about, "result": _equals(step.result)}
    if step.state == State.FAILED:
        return _("Could not calculate %(about)s") % about
    return _("Calculating %(about)s…") % about


def block_line(kept: Iterable[Hop]) -> str:
    """What the block says of itself where the model did not think; "" where there was no step either."""
    lines = [line_of(step) for hop in kept for step in hop.steps]
    if len(lines) < 2:
        return "".join(lines)
    return ngettext("%(count)s step", "%(count)s steps", len(lines)) % {"count": len(lines)}


def _equals(result: str) -> str:
    """A rounded one begins with its own sign."""
    shown = result if result.startswith("≈") else f"= {result}"
    return shown if len(shown) <= MOST_OF_A_RESULT else shown[:MOST_OF_A_RESULT] + "…"

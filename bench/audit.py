"""What Lighthouse says of the chat page: `make lighthouse`, part of `make bench`.

The page is served as in production: static files collected, hashed and compressed, with the headers that our web server
gives. Each preset runs five times; medians count. Lighthouse is installed from bench/lighthouse/package-lock.json, and
by this alone: nobody who runs or tests Parley needs it.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import Any

from bench import browser, ground
from chatapp.embedded import page_scripts
from conversations.models import Conversation, Model
from tests.conversations.tree import lengthen
from tests.house.processes import free_port

LIGHTHOUSE = Path(__file__).resolve().parent / "lighthouse"
OLDEST_NODE = (22, 19)
RUNS, TURNS = 5, 5
MOST_LOST = 5
PRESETS = {"mobile": [], "desktop": ["--preset=desktop"]}
TARGETS = {"accessibility": 100, "best-practices": 100, "performance": 95}
# Shown beside the score: what it is made of, in milliseconds but for the last.
METRICS = {
    "first-contentful-paint": "first paint, ms",
    "largest-contentful-paint": "largest paint, ms",
    "total-blocking-time": "blocked, ms",
    "speed-index": "speed index, ms",
    "cumulative-layout-shift": "layout shift",
}
ANSWER = (
    "## Answer {}\n\n"
    + "It goes on for a paragraph or two, with **a word** and `a name` in it. " * 8
    + "\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\ndef f(x: int) -> int:\n    return x + 1\n```\n"
)


@dataclass(frozen=True, slots=True)
class Report:
    """One run: the categories' scores, and whatever was found wanting."""

    scores: dict[str, float]
    metrics: dict[str, float]
    wanting: set[str]
    machine: float  # how fast this machine seemed to Lighthouse; 1,500 and more is a good laptop


def main() -> int:
    """Print the table; 1 when a target was missed."""
    program = browser.found()
    if program is None:
        return 0
    node = page_scripts.found_node(OLDEST_NODE)
    page_scripts.install(node, "Installing Lighthouse.", LIGHTHOUSE)
    with ground.house() as (house, _):
        user = ground.people(1)[0]
        conversation = Conversation.objects.create(owner=user, title="Answers", model=Model.objects.get())
        lengthen(conversation, TURNS, ANSWER)
        port = free_port()
        with browser.visiting(program, house, user, debugged_at=port):
            url = f"{house.url}/c/{conversation.pk}/"
            reports = {name: _reports(node, url, port, flags) for name, flags in PRESETS.items()}
    return _say(reports)


def _reports(node: page_scripts.Node, url: str, port: int, flags: list[str]) -> list[Report]:
    """So many runs that came to an end; one in a few loses the trace of its own page load and says so."""
    reports: list[Report] = []
    lost = 0
    while len(reports) < RUNS:
        try:
            reports.append(_report(node, url, port, flags))
        except CalledProcessError:
            lost += 1
            if lost > MOST_LOST:
                raise
    return reports


def _report(node: page_scripts.Node, url: str, port: int, flags: list[str]) -> Report:
    with TemporaryDirectory() as place:
        written = Path(place) / "report.json"
        node.run(
            "node", "node_modules/lighthouse/cli/index.js", url, f"--port={port}", *flags,
            # What is asked of the browser stays between it and the page.
            "--no-enable-error-reporting", "--disable-storage-reset", "--quiet",
            f"--only-categories={','.join(TARGETS)}", "--output=json", f"--output-path={written}",
            is_quiet=True, within=LIGHTHOUSE,
        )  # fmt: skip
        told: dict[str, Any] = json.loads(written.read_text())
    audits = told["audits"]
    return Report(
        scores={name: told["categories"][name]["score"] * 100 for name in TARGETS},
        metrics={name: audits[name]["numericValue"] for name in METRICS},
        wanting={
            audits[ref["id"]]["title"]
            for name in TARGETS
            for ref in told["categories"][name]["auditRefs"]
            if ref["weight"]
            and (audits[ref["id"]]["score"] or 0) < 0.9
            and audits[ref["id"]]["score"] is not None
        },
        machine=told["environment"]["benchmarkIndex"],
    )


def _say(reports: dict[str, list[Report]]) -> int:
    browser.head(f"Lighthouse, the chat page (medians of {RUNS})")
    missed = 0
    for preset, runs in reports.items():
        for name, target in TARGETS.items():
            score = median(run.scores[name] for run in runs)
            missed |= score < target
            browser.row(f"{preset}: {name}", f"≥ {target}" if target < 100 else str(target), f"{score:.0f}")
        for name, words in METRICS.items():
            value = median(run.metrics[name] for run in runs)
            browser.row(
                f"{preset}: {words}", "", f"{value:.3f}" if name.endswith("shift") else f"{value:,.0f}"
            )
    machines = [run.machine for runs in reports.values() for run in runs]
    ground.say(f"\nThis machine's speed by Lighthouse's own measure: {median(machines):.0f}.")
    for preset, runs in reports.items():
        for title in sorted(set.union(*(run.wanting for run in runs))):
            ground.say(f"{preset}, wanting at least once: {title}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

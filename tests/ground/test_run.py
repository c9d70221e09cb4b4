"""`manage.py run`, which is what `make run` ends in: up with everything, and gone with everything."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.ground.copies import ORDINARY_USER, START_SECONDS, Copy, python_of_everybody
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

NewCopy = Callable[..., Copy]


@pytest.fixture
def new_copy() -> Iterator[NewCopy]:
    copies: list[Copy] = []

    def make(*, user: str | None = None, python: Path | None = None) -> Copy:
        copies.append(Copy(user=user, python=python))
        return copies[-1]

    yield make
    for copy in copies:
        copy.remove()


def test_it_comes_up_goes_without_a_trace_and_comes_back_with_what_it_had(new_copy: NewCopy) -> None:
    goes_and_comes_back(new_copy())


def test_the_same_as_an_ordinary_user(new_copy: NewCopy) -> None:
    python = python_of_everybody()
    if python is None:
        pytest.skip("needs root, and a Python and a checkout that other users can read")

    goes_and_comes_back(new_copy(user=ORDINARY_USER, python=python))


def goes_and_comes_back(copy: Copy) -> None:
    copy.start()
    copy.wait_until_up()

    assert copy.is_ready()
    assert copy.words().startswith("\n  Parley is running at http://localhost:")
    assert httpx.get(copy.first_link).status_code == 200
    assert "a demo answers" in copy.words()
    assert copy.end(signal.SIGINT) == 0
    assert copy.left_behind() == []

    secret = (copy.data_dir / "secret_key").read_bytes()
    copy.start()
    copy.wait_until_up()

    assert copy.is_ready()
    assert (copy.data_dir / "secret_key").read_bytes() == secret
    assert copy.end(signal.SIGTERM) == 0
    assert copy.left_behind() == []
    assert copy.words().splitlines()[-1] == "Stopped."


def test_once_somebody_connected_a_provider_it_speaks_of_no_demo(new_copy: NewCopy) -> None:
    copy = new_copy()
    copy.start()
    copy.wait_until_up()
    connected = copy.command(
        "shell",
        "--command",
        "Provider.objects.create(slug='mine', kind='openrouter', name='Mine', base_url='http://127.0.0.1:9/v1')",
    )
    assert (connected.returncode, copy.end()) == (0, 0), connected.stderr

    copy.start()
    copy.wait_until_up()

    assert "demo" not in copy.words()


def test_two_copies_do_not_collide_and_a_third_on_their_ground_is_told_so(new_copy: NewCopy) -> None:
    first, second = new_copy(), new_copy()
    first.start()
    second.start()
    first.wait_until_up()
    second.wait_until_up()
    same_data, same_port = new_copy(), new_copy()
    same_data.data_dir = first.data_dir
    same_port.port = first.port

    assert first.is_ready()
    assert second.is_ready()
    assert same_data.refused() == (
        f"Parley runs from DATA_DIR={first.data_dir} already (process {first.pid})."
        " For a second copy choose another DATA_DIR and PORT.\n"
    )
    assert same_port.refused().startswith(f"Cannot listen on 127.0.0.1 port {first.port}: ")
    assert first.end() == second.end() == 0
    assert [*first.left_behind(), *second.left_behind()] == []


@pytest.mark.parametrize("part", ["manage.py worker", "manage.py serve", "postgres -D", "valkey-server"])
def test_a_part_that_is_killed_starts_again(running: Copy, part: str) -> None:
    before = running.part(part)
    assert before is not None
    before.kill()

    wait_until(
        lambda: running.part(part) not in (None, before),
        what=f"{part} to start again",
    )
    wait_until(running.is_ready, seconds=START_SECONDS, what="the house to be ready again")


@pytest.fixture(scope="module")
def running() -> Iterator[Copy]:
    copy = Copy()
    copy.start()
    copy.wait_until_up()
    yield copy
    assert copy.end() == 0
    assert copy.left_behind() == []
    copy.remove()


def test_a_second_ctrl_c_leaves_nothing_behind_either(new_copy: NewCopy) -> None:
    copy = new_copy()
    copy.start()
    copy.wait_until_up()

    copy.send(signal.SIGINT)
    wait_until(lambda: "Stopping." in copy.words(), what="the first to be heard")
    os.kill(copy.pid, signal.SIGINT)

    assert copy.end() == 0
    assert copy.left_behind() == []


def test_ctrl_c_while_it_starts_leaves_nothing_behind(new_copy: NewCopy) -> None:
    copy = new_copy()
    copy.start()
    wait_until(lambda: copy.family(), what="the first process of its")

    # The signal may come before there is anything to end in order; then it simply ends Python.
    assert copy.end() in (0, -signal.SIGINT)
    assert copy.left_behind() == []


@pytest.mark.parametrize("command", ["verify_ledger", "create_user", "migrate"])
def test_a_command_that_needs_the_database_says_in_one_line_that_nothing_runs(
    new_copy: NewCopy, command: str
) -> None:
    copy = new_copy()

    answer = copy.command(command)

    assert answer.returncode == 1
    assert answer.stderr == (
        f"Parley is not running from DATA_DIR={copy.data_dir}; start it with make run, or set DATABASE_URL.\n"
    )


def test_other_commands_do_without_it(new_copy: NewCopy) -> None:
    copy = new_copy()

    assert copy.command("check").returncode == 0
    assert "EMAIL" in copy.command("create_user", "--help").stdout


def test_while_it_runs_commands_work_beside_it(running: Copy) -> None:
    assert running.command("verify_ledger").stdout == "The ledger adds up.\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_killed_it_takes_everything_with_it_and_the_next_start_goes_on(new_copy: NewCopy) -> None:
    copy = new_copy()
    copy.start()
    copy.wait_until_up()

    assert copy.end(signal.SIGKILL) == -signal.SIGKILL
    assert copy.left_running() == []
    copy.start()
    copy.wait_until_up()

    assert copy.is_ready()

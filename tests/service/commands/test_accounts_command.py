"""Whoever forgot a password or lost a device is helped at the console, and the ledger tells it."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.service.commands.nodes import GONGZHI, ROOT, Databases, Node, copy

OPEN = """
import time
from gongzhi.foundation.parties.actors import OPERATOR, person_actor
from gongzhi.foundation.parties.acts import add_person
from gongzhi.foundation.regions.queries import root
from gongzhi.service.accounts import acts, totp
from gongzhi.service.accounts.acts import Hidden
from gongzhi.service.accounts.lockout import Attempt, _digest
person = add_person(OPERATOR, root(), name="Wang Min")
account = acts.open_account(OPERATOR, person, username="wang", password=Hidden("a bridge over the Taipu"))
secret = totp.new_secret()
code = totp.code_at(secret, int(time.time()) // 30)
acts.set_totp(person_actor(person.pk), account, secret=Hidden(secret), code=Hidden(code))
for _ in range(20):
    Attempt(_digest("sign-in:name:wang"), "elsewhere").failed()
console.sequence()
"""
STATE = """
from gongzhi.foundation.ledger.models import Entry
from gongzhi.service.accounts.backend import AccountBackend
from gongzhi.service.accounts.lockout import Attempt, _digest
found = AccountBackend().authenticate(None, "wang", "another river, 4711")
print(found is not None, bool(found and found.totp_secret))
print(Attempt(_digest("sign-in:name:wang"), "").locked_until() is None)
print(Entry.objects.filter(verb=VERB).count())
"""


@pytest.fixture(scope="session")
def _opened(_founded: Node, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Node:
    node = copy(_founded, tmp_path_factory.mktemp("opened") / "data", databases)
    node.python(OPEN)
    return node


@pytest.fixture
def house(_opened: Node, databases: Databases, tmp_path: Path) -> Node:
    """A node with one account, which has a second factor and is locked."""
    return copy(_opened, tmp_path / "house", databases)


def state(node: Node, verb: str) -> list[str]:
    return node.python(STATE.replace("VERB", repr(verb))).split()


def give(node: Node, *words: str, told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GONGZHI, "accounts", *words], input=told, env=node.environ, cwd=ROOT, capture_output=True, text=True
    )


def test_a_forgotten_password_is_set_from_standard_input(house: Node) -> None:
    done = give(house, "password", "WANG", told="another river, 4711\nand a line too many\n")
    assert done.returncode == 0, done.stderr
    assert "4711" not in done.stdout + done.stderr
    assert state(house, "account.set_password") == ["True", "True", "True", "1"]
    assert house.told("ledger", "verify")["waiting"] == 0


@pytest.mark.parametrize("told", ["", "short\n", "password1234\n"])
def test_a_weak_password_changes_nothing(house: Node, told: str) -> None:
    done = give(house, "password", "wang", told=told)
    assert done.returncode == 1 and "password" in done.stderr and "Traceback" not in done.stderr
    assert state(house, "account.set_password")[2:] == ["False", "0"]


def test_a_second_factor_is_reset_once(house: Node) -> None:
    house.run("accounts", "reset-second-factor", "wang", said="password alone")
    house.run("accounts", "reset-second-factor", "wang", code=1, said="no second factor")
    assert state(house, "account.clear_totp")[2:] == ["True", "1"]


def test_nobody_of_that_name_is_told(house: Node) -> None:
    house.run("accounts", "password", "wng", code=1, said="There is no open account called wng.")
    house.run("accounts", "reset-second-factor", "wng", code=1, said="wng")


@pytest.mark.parametrize(
    ("typed", "code", "is_set"),
    [
        (["another river, 4711", "another river, 4711"], 0, "True"),
        (["a", "b", "another river, 4711", "another river, 4711"], 0, "True"),
        (["another river, 4711", "\x03"], 130, "False"),
    ],
)
def test_at_a_terminal_it_is_asked_for_twice_and_never_shown(
    house: Node, typed: list[str], code: int, is_set: str
) -> None:
    process, terminal = pty.fork()
    if not process:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever began the tests may have it ignored
        os.chdir(ROOT)
        os.execve(GONGZHI, ["gongzhi", "accounts", "password", "wang"], house.environ)
    shown = b""
    for line in typed:
        shown += read_until(terminal, b": ")
        os.write(terminal, line.encode() + b"\n" * (line != "\x03"))
    shown += read_until(terminal, b"")
    os.close(terminal)  # whoever still waits there is hung up on
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) in (code, 1 if code else 0), shown
    assert b"4711" not in shown
    assert state(house, "account.set_password")[0] == is_set


def read_until(terminal: int, end: bytes) -> bytes:
    """What a terminal shows until it asks again, or has nothing more to show."""
    shown, until = b"", time.monotonic() + 60
    while time.monotonic() < until and not (end and shown.endswith(end)):
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                part = os.read(terminal, 1000)
            except OSError:
                break
            if not part:
                break
            shown += part
    return shown


SEEN = """
from django.test import Client
from gongzhi.service.accounts.backend import AccountBackend
person = AccountBackend().authenticate(None, "ana", PASSWORD)
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(person)
print(client.get("/cockpit/").status_code)
"""


def test_an_account_is_opened_for_somebody_newly_appointed(house: Node) -> None:
    words = ("--name", "Ana Reis", "--role", "director", "--organisation", "q1")
    told = house.told("accounts", "open", "ana", *words)
    assert told["username"] == "ana"
    assert house.python(SEEN.replace("PASSWORD", repr(told["password"]))).strip() == "200"
    assert house.told("ledger", "verify")["waiting"] == 0
    before = house.sql("SELECT count(*) FROM parties_person")
    house.run("accounts", "open", "ana", *words, code=1)
    assert house.sql("SELECT count(*) FROM parties_person") == before


@pytest.mark.parametrize(
    ("role", "body", "said"),
    [
        ("king", "q1", "there are administrator, area_coordinator, auditor, caller, clerk"),
        ("operator", "q1", "There is no role called operator"),
        ("director", "q9", "There is no organisation with the code q9"),
    ],
)
def test_nobody_is_appointed_to_what_is_not_there(house: Node, role: str, body: str, said: str) -> None:
    house.run("accounts", "open", "ana", "--name", "A", "--role", role, "--organisation", body, code=1, said=said)  # fmt: skip

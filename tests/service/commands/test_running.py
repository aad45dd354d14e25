"""Founding, starting, stopping and looking after a node, by its commands."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gongzhi.config import SETTINGS, Config, UnknownSetting
from tests.service.commands.nodes import GONGZHI, ROOT, Databases, Node, free_port

INIT = (
    *("init", "--code", "310118", "--name", "青浦区", "--name-en", "Qingpu"),
    *("--organisation", "城运中心", "--administrator", "王敏"),
)


def commands() -> list[str]:
    """Every command by its words."""
    import typer

    from gongzhi.service.commands.main import app

    def below(group: typer.Typer, before: str) -> list[str]:
        own = [f"{before}{each.name}" for each in group.registered_commands]
        for each in group.registered_groups:
            own += below(each.typer_instance, f"{before}{each.name} ")
        return own

    return below(app, "")


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, runpy\nsys.argv = ['gongzhi', '--help']\n"
        "try:\n    runpy.run_module('gongzhi.service.commands.main', run_name='__main__')\n"
        "except SystemExit:\n    pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(eval(done.stdout.splitlines()[-1]))
    heavy = {
        "django",
        "structlog",
        "cryptography",
        "granian",
        "psycopg",
        "PIL",
        "yaml",
        "holidays",
        "rich",
        "sqlite3",
    }
    assert "typer" in loaded
    assert not loaded & heavy
    before = os.times()
    for _ in range(3):
        subprocess.run([GONGZHI, "--help"], cwd=ROOT, capture_output=True, check=True)
    after = os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    assert spent / 3 < 0.6  # seconds of work; 0.25 where nobody disturbs


def test_every_command_has_a_help_text() -> None:
    assert len(commands()) >= 17
    for name in commands():
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.argv = ['gongzhi', *{name.split()!r}, '--help']\n"
             "from gongzhi.service.commands.main import main\nmain()"],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert re.search(r"Usage: .*" + name.split()[-1], done.stdout), name


@pytest.mark.parametrize("language", ["", ".zh"])
def test_every_command_and_setting_is_documented(language: str) -> None:
    told = (ROOT / f"docs/reference/commands{language}.md").read_text(encoding="utf-8")
    for name in commands():
        assert f"`gongzhi {name}" in told, name
    settings = (ROOT / f"docs/reference/settings{language}.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(GONGZHI_\w+)`", settings, re.MULTILINE)
    assert sorted(listed) == sorted(SETTINGS)


def test_a_misspelt_setting_stops_every_command(tmp_path: Path) -> None:
    node = Node(tmp_path, settings={"GONGZHI_DATABSE_URL": "x"})
    node.run("doctor", code=2, said="GONGZHI_DATABSE_URL")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LANGUAGE", "fr"), ("BASE_URL", "example.org"), ("LOG_LEVEL", "loud"), ("DATABASE_URL", "mysql://x/y")],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(UnknownSetting, match=name):
        Config.read({f"GONGZHI_{name}": value}).database()


def test_what_is_misused_is_told_apart_from_what_fails(tmp_path: Path) -> None:
    node = Node(tmp_path)
    node.run("nothing-like-it", code=2)
    node.run("keys", "rotate", "front-door", code=2)
    node.run(
        "init",
        "--code",
        "1",
        "--name",
        "a",
        "--organisation",
        "b",
        "--administrator",
        "c",
        "--level",
        "moon",
        code=2,
    )
    node.run(
        "init",
        "--code",
        "1",
        "--name",
        "a",
        "--organisation",
        "b",
        "--administrator",
        "c",
        "--zone",
        "Mars/Base",
        code=2,
    )
    node.run("ledger", "verify", code=1, said="gongzhi init")


def test_a_node_is_founded_once(empty_node: Node) -> None:
    first = empty_node.told(*INIT)
    assert first["region"] == "310118"
    assert re.fullmatch(r"127\.0\.0\.1/ledger\+[0-9a-f]{8}\+\S{44}", first["verifier"])
    assert re.fullmatch(r"([0-9a-f]{4} ){7}[0-9a-f]{4}", first["fingerprint"])
    assert first["verifier"] in (empty_node.folder / "keys" / "ledger.pub").read_text()
    for name in ("ledger.key", "secret-keys"):
        assert stat.S_IMODE((empty_node.folder / "keys" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((empty_node.folder / "keys").stat().st_mode) == 0o700
    empty_node.run(*INIT, code=1, said="founded already, for 青浦区")
    assert empty_node.told("ledger", "verify")["waiting"] == 0


def test_the_first_administrator_signs_in_with_the_password_that_was_shown(empty_node: Node) -> None:
    first = empty_node.told(*INIT)
    said = empty_node.python(
        "from gongzhi.service.accounts.backend import AccountBackend\n"
        "from gongzhi.foundation.parties.actors import person_actor\n"
        f"account = AccountBackend().authenticate(None, 'admin', {first['password']!r})\n"
        "print([held.role for held in person_actor(account.person_id).held])"
    )
    assert "administrator" in said


def test_a_password_of_ones_own_is_never_shown(empty_node: Node, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("quite a long one 4711\n")
    assert "quite" not in empty_node.run(*INIT, "--password-file", file)
    empty_node.run(*INIT, "--password-file", file, code=1)


def test_a_password_that_is_refused_founds_nothing(empty_node: Node, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("1234\n")
    empty_node.run(*INIT, "--password-file", file, code=1)
    assert empty_node.sql("SELECT count(*) FROM regions_region") == [(0,)]
    empty_node.run(*INIT)


def test_a_node_is_founded_served_and_stopped(empty_node: Node) -> None:
    empty_node.run(*INIT)
    with empty_node.serving() as served:
        assert served.lines == [served.address]
        assert served.get("healthz")[:2] == (200, b"ok\n")
        assert served.get("readyz")[0] == 200
        assert served.get("")[0] == 200
        workers = children(served.process.pid)
        assert served.stop() == 0
        assert not any(map(is_alive, workers))


def test_what_is_served_is_sequenced_and_consumed_by_the_same_process(node: Node) -> None:
    with node.serving() as served:
        before = int(served.get("ledger/checkpoint")[1].split(b"\n")[1])
        number = served.submit("The river smells")["number"]
        until = time.monotonic() + 20
        while (size := int(served.get("ledger/checkpoint")[1].split(b"\n")[1])) <= before:
            assert time.monotonic() < until
            time.sleep(0.1)
        assert size > before
        threads = node.python(
            "import os\n"
            f"print(sum(open(f'/proc/{served_worker(served.process.pid)}/task/{{t}}/comm').read().startswith('gongzhi')"
            f" for t in os.listdir('/proc/{served_worker(served.process.pid)}/task')))"
        )
        assert int(threads) >= 3
        assert served.stop() == 0
    assert number not in node.log()
    assert node.told("ledger", "verify")["waiting"] == 0


def test_the_serving_process_ends_with_the_one_that_watches_it(node: Node) -> None:
    with node.serving() as served:
        (worker,) = children(served.process.pid)
        os.kill(served.process.pid, signal.SIGKILL)
        until = time.monotonic() + 20
        while is_alive(worker):
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_process_that_serves_and_dies_is_replaced(node: Node) -> None:
    with node.serving() as served:
        (worker,) = children(served.process.pid)
        os.kill(worker, signal.SIGKILL)
        until = time.monotonic() + 30
        while True:
            try:
                if served.get("healthz")[0] == 200:
                    break
            except OSError:
                assert time.monotonic() < until
            time.sleep(0.2)
        assert children(served.process.pid) != [worker]


def test_serving_needs_a_free_port_and_a_founded_node(node: Node, empty_node: Node) -> None:
    empty_node.run("serve", "--port", free_port(), code=1, said="gongzhi init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        node.run("serve", "--port", taken.getsockname()[1], code=1, said="--port")


def test_a_database_of_a_newer_version_is_left_alone(node: Node) -> None:
    node.sql(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('matters', '9999_later', '2030-01-01 00:00:00')"
    )
    for command in ("serve", "worker", "upgrade", "ledger verify"):
        node.run(*command.split(), code=1, said="matters.9999_later")
    assert "matters.9999_later" in str(node.told("doctor", code=1))


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    node = Node(tmp_path, f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    node.run("serve", code=1, said="does not answer")
    findings = {each["about"]: each for each in node.told("doctor", code=1)["findings"]}
    assert findings["database"]["state"] == "fail"
    assert findings["data folder"]["state"] == "ok"


def test_an_upgrade_renews_shipped_roles_and_says_how(node: Node) -> None:
    node.sql(
        'UPDATE parties_role SET grants = \'{"matter.read": ["region"], "old.verb": ["own"]}\' WHERE code = \'handler\''
    )
    changed = node.told("upgrade")["roles"]
    assert list(changed) == ["handler"]
    assert {"-old.verb (own)", "-matter.read (region)", "+matter.answer (organisation)"} <= set(
        changed["handler"]
    )
    assert node.told("upgrade") == {"migrations": [], "roles": {}, "rules": []}
    assert node.sql("SELECT count(*) FROM ledger_entry WHERE verb = 'role.set'") == [(1,)]
    assert node.told("ledger", "verify")["sound"]


def test_an_upgrade_brings_shipped_rules_into_force_where_the_top_never_had_any(node: Node) -> None:
    done = node.told("upgrade")["rules"]
    assert {"matters.ending", "matters.take", "matters.settle"} <= set(done)
    assert node.told("upgrade")["rules"] == []
    enacted = node.sql("SELECT count(*) FROM ledger_entry WHERE verb = 'rule.enact'")
    assert enacted == [(len(done) + 3,)]  # those of the county stand beside them
    assert node.told("ledger", "verify")["sound"]


def test_upgrade_brings_an_empty_database_to_this_version(empty_node: Node) -> None:
    done = empty_node.told("upgrade")
    assert "ledger.0001_initial" in done["migrations"]
    assert done["roles"] == {} and done["rules"] == []


def test_the_doctor_finds_what_is_wrong(node: Node) -> None:
    assert node.told("doctor")["well"]
    (node.folder / "keys" / "ledger.key").chmod(0o644)
    node.sql("UPDATE ledger_entry SET recorded = '2001-01-01 00:00:00' WHERE id = 1",
             "INSERT INTO ledger_pending (entry_id) VALUES (1)",
             "INSERT INTO ledger_undone (consumer, position, reason, attempts) VALUES ('notices', 3, 'no', 5)")  # fmt: skip
    found = {(each["about"], each["state"]): each for each in node.told("doctor", code=1)["findings"]}
    assert "chmod go-rwx" in found["keys", "fail"]["instead"]
    assert "ledger sequence" in found["sequencer", "fail"]["instead"]
    assert "notices: 1" in found["consumers", "warn"]["found"]
    (node.folder / "map").write_text("{}")
    node.settings = {
        "GONGZHI_BASEMAP": str(node.folder / "map"),
        "GONGZHI_BASE_URL": "http://city.example",
        "GONGZHI_SMTP_URL": f"smtp://127.0.0.1:{free_port()}",
    }
    found = {(each["about"], each["state"]): each for each in node.told("doctor", code=1)["findings"]}
    assert ("address", "warn") in found
    assert ("mail", "fail") in found
    assert ("base map", "fail") in found
    assert "GONGZHI_NODE_NAME" in found["keys", "warn"]["instead"]
    node.run("doctor", code=1, said="fail  keys")


def test_a_worker_sequences_and_stops_when_told(node: Node) -> None:
    node.python("from tests.builders import *\n"
                "from gongzhi.foundation.regions.queries import region\n"
                "from gongzhi.governance.matters.queries import category\n"
                "file(anyone(), region('310118110'), kind='complain', category=category(region('310118110'), 'smell'), text='x')")  # fmt: skip
    process = subprocess.Popen(
        [GONGZHI, "worker"], env=node.environ, cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    try:
        until = time.monotonic() + 30
        while node.sql("SELECT count(*) FROM ledger_pending") != [(0,)]:
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        process.terminate()
        assert process.wait(30) == 0
        assert process.stderr is not None
        process.stderr.close()


def test_commands_speak_the_language_of_the_setting(tmp_path: Path) -> None:
    node = Node(tmp_path, settings={"GONGZHI_LANGUAGE": "zh"})
    assert "\u8282\u70b9" in node.run("--help")


DEMO = """
import sys
from gongzhi.service.commands import demo, running
demo._loader = lambda: {loader}
running.run_server = lambda host, port: print(f"http://{{host}}:{{port}}")
sys.argv = ["gongzhi", "demo", "--port", "8123"{more}]
from gongzhi.service.commands.main import main
main()
"""


def demo(node: Node, loader: str = "demo._smallest", more: str = "") -> str:
    """Start a demonstration whose region is empty and whose server is not there."""
    return node.python(DEMO.format(loader=loader, more=more), ready=False)


def test_a_demonstration_is_loaded_once_and_tells_its_accounts(empty_node: Node) -> None:
    said = demo(empty_node)
    assert re.search(r"admin +gongzhi-demo +administrator", said)
    assert said.splitlines()[-1] == "http://127.0.0.1:8123"
    assert demo(empty_node, loader="1 / 0") == said  # nothing is loaded again
    assert (empty_node.folder / "demo" / "demonstration.json").stat().st_mode & 0o777 == 0o600


def test_a_demonstration_that_was_broken_off_begins_again(tmp_path: Path) -> None:
    node = Node(tmp_path)
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        demo(node, loader="(lambda progress: (demo._smallest(progress), 1 / 0))")
    assert "administrator" in demo(node)
    left = node.folder / "demo" / "left"
    left.touch()
    demo(node, more=', "--anew"')
    assert not left.exists()


def test_a_demonstration_is_not_mixed_with_a_node(tmp_path: Path, databases: Databases) -> None:
    node = Node(tmp_path / "demo", databases.new())
    node.run(*INIT)
    around = Node(tmp_path, node.database_url)
    with pytest.raises(AssertionError, match="something else"):
        demo(around, more=', "--anew"')
    assert node.told("ledger", "verify")["sound"]


def children(parent: int) -> list[int]:
    """The processes that a process has started and that still live."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def served_worker(parent: int) -> int:
    """The process that serves."""
    (worker,) = children(parent)
    return worker


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

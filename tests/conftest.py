"""One run of the suite uses one database: `pytest --database sqlite` (the default) or `postgres`.

`make test` does both. Tests that touch no database run once, with SQLite: the mark `database`
is put on the others here, by the fixtures they ask for. `--database none` does without Django,
and so does a run of `tests/methods` alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

pytest.register_assert_rewrite("tests.chromium")

from tests import chromium, databases  # noqa: E402

# Machines that run the suite are often busy with something else: time is no reason to fail.
hypothesis_settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis_settings.register_profile(
    "thorough", parent=hypothesis_settings.get_profile("suite"), max_examples=2000
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}

pytest_plugins = ["tests.chromium"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gongzhi")
    group.addoption("--database", choices=databases.NAMES, help="run on this database")
    group.addoption("--skips", metavar="FILE", help="append what was skipped, and why, to FILE")
    group.addoption("--write-pictures", action="store_true", help="keep the pictures in docs/pictures")


def pytest_configure(config: pytest.Config) -> None:
    """Settings come from the environment, and Django reads them once: set them before it does."""
    if getattr(config.option, "numprocesses", None):
        return  # the tests run in workers, each with a folder of its own; they inherit this environment
    scratch = Path(tempfile.mkdtemp(prefix="gongzhi-test-"))
    config.add_cleanup(lambda: databases.discard(scratch))
    os.environ["GONGZHI_DATA_DIR"] = str(scratch)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in the test's thread
    if config.option.database is None:
        config.option.database = "none" if _only_methods(config) else "sqlite"
    if config.option.database != "none":
        databases.choose(config.option.database, scratch)


def _only_methods(config: pytest.Config) -> bool:
    methods = Path(__file__).parent / "methods"
    wanted = [(config.invocation_params.dir / word.split("::")[0]).resolve() for word in config.args]
    return bool(wanted) and all(path.is_relative_to(methods) for path in wanted)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Marks what tests need; and after all others have put them in order, the slow ones come first.

    So no worker begins a long test when the others have nothing left to do.
    """
    _mark(items)
    _leave_out(config, [item for item in items if not _is_of(config.option.database, item)], items)
    yield
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _is_of(database: str, item: pytest.Item) -> bool:
    """Whether the test is about this database: one marked `only_on` another says nothing here."""
    only = item.get_closest_marker("only_on")
    return only is None or database in only.args


def _leave_out(config: pytest.Config, others: list[pytest.Item], items: list[pytest.Item]) -> None:
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def _mark(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES:
            item.add_marker("database")
        if fixtures & chromium.FIXTURES:
            item.add_marker("browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    path = config.getoption("--skips")
    if not path or hasattr(config, "workerinput"):
        return
    with Path(path).open("a") as out:
        for report in terminalreporter.stats.get("skipped", ()):
            reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
            out.write(f"{config.getoption('--database')}: {report.nodeid}: {reason}\n")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """After the migrations, remember what they put in, so that a transactional test can go back to it."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.remember()
    yield


@pytest.fixture(autouse=True)
def _nothing_published(request: pytest.FixtureRequest) -> None:
    """Each test's ledger is a new one: forget what the one before it let out."""
    if request.config.option.database != "none":
        from gongzhi.foundation.ledger import published

        published.path().unlink(missing_ok=True)

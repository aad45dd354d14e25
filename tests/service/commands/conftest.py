"""Nodes that are really founded, served, killed, backed up: on the database of the run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.service.commands.nodes import WORLD, Databases, Node, copy

_NODES = {"node", "empty_node", "other_node", "databases"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A node has a database, so these tests run on both."""
    for item in items:
        if set(getattr(item, "fixturenames", ())) & _NODES:
            item.add_marker("database")


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config) -> Iterator[Databases]:
    server = os.environ["GONGZHI_TEST_POSTGRES_URL"] if pytestconfig.option.database == "postgres" else None
    made = Databases(server)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def _founded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Node:
    node = Node(tmp_path_factory.mktemp("founded") / "data", databases.new())
    node.python(WORLD, ready=False)
    return node


@pytest.fixture
def node(_founded: Node, databases: Databases, tmp_path: Path) -> Node:
    """A founded node: `tests.builders.world`."""
    return copy(_founded, tmp_path / "node", databases)


@pytest.fixture
def other_node(databases: Databases, tmp_path: Path) -> Callable[[str], Node]:
    """Further nodes with nothing in them yet."""
    return lambda name: Node(tmp_path / name, databases.new())


@pytest.fixture(scope="session")
def _bare(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Node:
    node = Node(tmp_path_factory.mktemp("bare") / "data", databases.new())
    node.python(
        "from gongzhi.service.commands import console, schema\nconsole.start_django()\nschema.migrate()",
        ready=False,
    )
    return node


@pytest.fixture
def bare_node(_bare: Node, databases: Databases, tmp_path: Path) -> Node:
    """A node with its tables, and in them only what migrations put there."""
    return copy(_bare, tmp_path / "bare", databases)


@pytest.fixture
def empty_node(other_node: Callable[[str], Node]) -> Node:
    """A node with nothing in it yet."""
    return other_node("empty")

"""What a node tells those who run it, and what it must not tell; and the public addresses of its ledger."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path as address

from gongzhi import logs
from gongzhi.foundation.ledger import published, sequencer
from gongzhi.foundation.ledger.consumers import CONSUMERS
from gongzhi.foundation.ledger.models import Checkpoint, Entry
from gongzhi.foundation.ledger.notes import VerifierKey, open_checkpoint
from gongzhi.service.commands.measures import Acts, readiness
from gongzhi.service.commands.observing import ObservingMiddleware, Requests
from gongzhi.service.commands.portable import tables
from gongzhi.service.commands.tables import table, width
from tests.builders import World, world
from tests.service.commands.nodes import ROOT


@pytest.fixture
def place(db: None) -> World:
    found = world()
    sequencer.sequence()
    return found


@pytest.fixture
def lines() -> Any:
    """The lines logged meanwhile."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as said:
        yield said


def test_a_request_is_logged_by_its_route_and_not_by_what_it_holds(
    place: World, client: Client, lines: Any
) -> None:
    answer = client.get(
        "/ledger/tile/0/000.p/3?phone=13912345678",
        REMOTE_ADDR="203.0.113.9",
        HTTP_USER_AGENT="Somebody's phone",
    )
    assert answer.status_code == 200
    (line,) = [each for each in lines if each["event"] == "request"]
    assert line["route"] == "ledger/tile/<int:level>/<path:number>"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["request"] == answer.headers["X-Request-ID"]
    told = json.dumps(line)
    for secret in ("13912345678", "203.0.113.9", "Somebody", "000.p"):
        assert secret not in told


def test_a_request_that_meets_nothing_is_logged_without_its_path(
    client: Client, db: None, lines: Any
) -> None:
    assert client.get("/follow/sesame-open").status_code == 404
    (line,) = [each for each in lines if each["event"] == "request"]
    assert line["route"] == "unmatched"
    assert "sesame" not in json.dumps(lines, default=str)


def test_a_request_keeps_the_id_that_a_gateway_gave_it_unless_it_is_not_one(client: Client, db: None) -> None:
    assert client.get("/healthz", HTTP_X_REQUEST_ID="abc-123-def").headers["X-Request-ID"] == "abc-123-def"
    for wrong in ("short", "x" * 65, "a b c d e f g h", "<script>alert(1)"):
        assert client.get("/healthz", HTTP_X_REQUEST_ID=wrong).headers["X-Request-ID"] != wrong


def test_the_actor_is_a_pseudonym_and_only_where_somebody_asked_for_it(db: None, lines: Any) -> None:
    from django.utils.functional import SimpleLazyObject

    from gongzhi.foundation.parties.actors import PUBLIC_ID, anyone

    def asked(request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(anyone)  # type: ignore[attr-defined]
        if "who" in request.GET:
            request.actor.id  # type: ignore[attr-defined]  # noqa: B018
        return HttpResponse()

    for path in ("/?who", "/"):
        ObservingMiddleware(asked)(RequestFactory().get(path))
    assert [line.get("actor") for line in lines] == [str(PUBLIC_ID), None]


def test_health_says_that_the_process_answers(client: Client) -> None:
    """Without any database."""
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_probe_may_call_the_node_by_any_name(place: World, client: Client) -> None:
    assert client.get("/healthz", HTTP_HOST="10.1.2.3:8000").status_code == 200
    assert client.get("/readyz", HTTP_HOST="10.1.2.3:8000").status_code == 200
    assert client.get("/ledger/key", HTTP_HOST="elsewhere.example").status_code == 400


def test_a_node_is_ready_while_its_entries_find_their_place(place: World, client: Client) -> None:
    assert client.get("/readyz").json() == {"database": True, "schema": True, "sequencer": True}
    place.submission()
    assert client.get("/readyz").status_code == 200  # it has only just begun to wait
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_pending")
        cursor.execute("SELECT id FROM ledger_entry ORDER BY recorded LIMIT 1")
        cursor.execute("INSERT INTO ledger_pending (entry_id) VALUES (%s)", [_old_entry()])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["sequencer"] is False


def _old_entry() -> int:
    """An entry of an hour ago; as if written then."""
    from gongzhi.foundation.ledger import guard

    kept = Entry.objects.order_by("id").first()
    assert kept is not None
    kept.pk, kept._state.adding = 999_999, True
    kept.recorded = kept.recorded.replace(year=2020)
    with guard.permitted(), connection.cursor() as cursor:
        kept.save(force_insert=True)
        cursor.execute("DELETE FROM ledger_pending WHERE entry_id = 999999")
    return 999_999


def test_metrics_count_requests_acts_and_what_waits(place: World, client: Client) -> None:
    client.get("/healthz")
    place.submission()
    told = metrics(client)
    assert told['gongzhi_acts_total{verb="node.found",origin="here"}'] == 1
    assert 'gongzhi_acts_total{verb="submission.file",origin="here"}' not in told  # it has no place yet
    assert told["gongzhi_ledger_waiting"] > 0
    size = told["gongzhi_ledger_size"]
    sequencer.sequence()
    told = metrics(client)
    assert told['gongzhi_acts_total{verb="submission.file",origin="here"}'] == 1
    assert told["gongzhi_ledger_waiting"] == told["gongzhi_ledger_waiting_seconds"] == 0
    assert told["gongzhi_ledger_size"] > size
    assert told['gongzhi_requests_total{method="GET",route="healthz",status="200"}'] >= 1
    assert (
        told['gongzhi_request_seconds_bucket{route="healthz",le="+Inf"}']
        == told['gongzhi_request_seconds_count{route="healthz"}']
    )
    for name in CONSUMERS:
        assert told[f'gongzhi_consumer_lag{{consumer="{name}"}}'] == told["gongzhi_ledger_size"]


def metrics(client: Client) -> dict[str, float]:
    answer = client.get("/metrics", REMOTE_ADDR="10.1.2.3")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "8.8.4.4"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=1.2.3.4"},
        {"REMOTE_ADDR": "nonsense"},
        {"REMOTE_ADDR": ""},
    ],
)
def test_metrics_are_for_the_nodes_own_network(asked: dict[str, str], place: World, client: Client) -> None:
    assert client.get("/metrics", **asked).status_code == 404  # type: ignore[arg-type]


def test_durations_fall_into_classes() -> None:
    counted = Requests()
    for seconds in (0.001, 0.2, 0.24, 99):
        counted.count("GET", "r", 200, seconds)
    answered, within, total = counted.read()
    assert answered == {("GET", "r", 200): 4}
    assert within == {("r", 0.01): 1, ("r", 0.25): 2, ("r", float("inf")): 1}
    assert total["r"] == pytest.approx(99.441)


def test_acts_are_counted_once_and_then_only_what_was_added(place: World) -> None:
    counting = Acts()
    first = counting.read()
    assert counting.read() == first
    assert sum(first.values()) == Entry.objects.count()
    place.submission()
    sequencer.sequence()
    assert sum(counting.read().values()) == Entry.objects.count()


def test_readiness_wants_the_right_tables(place: World) -> None:
    assert all(readiness().values())


def test_the_checkpoint_is_served_as_it_was_published(place: World, client: Client) -> None:
    text = client.get("/ledger/checkpoint").content.decode()
    keys = [VerifierKey.parse(line) for line in client.get("/ledger/key").content.decode().splitlines()]
    opened = open_checkpoint(text, keys)
    assert opened.checkpoint.size == Entry.objects.count()
    newest = Checkpoint.objects.order_by("-size").first()
    assert newest is not None
    assert opened.checkpoint.root == bytes(newest.root)
    published.path().write_text(text.replace("\n", "\n", 1))
    assert client.get("/ledger/checkpoint").content.decode() == published.path().read_text()


def test_tiles_hold_the_hashes_of_the_tree(place: World, client: Client) -> None:
    size = Entry.objects.count()
    assert size < 256
    whole = client.get(f"/ledger/tile/0/000.p/{size}").content
    assert len(whole) == 32 * size
    assert client.get("/ledger/tile/0/000.p/5").content == whole[:160]
    claimed = client.get("/ledger/checkpoint").content.decode().split("\n")[2]
    assert base64.b64encode(_root([whole[i : i + 32] for i in range(0, len(whole), 32)])).decode() == claimed
    answer = client.get("/ledger/tile/0/000.p/5")
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"] == "application/octet-stream"


def _root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\1" + _root(hashes[:split]) + _root(hashes[split:])).digest()


@pytest.mark.parametrize(
    "path",
    ["0/000", "0/001", "0/000.p/0", "0/000.p/255", "0/000.p/256", "0/0", "0/x000", "0/x000/000/", "1/000.p/1",
     "64/000", "0/000.p/-1", "0/../000", "entries/000", "0/x001/000.p/5", "-1/000"],
)  # fmt: skip
def test_a_tile_that_is_not_there_is_not_found(path: str, place: World, client: Client) -> None:
    assert client.get(f"/ledger/tile/{path}").status_code == 404


def test_nothing_but_reading_is_answered(place: World, client: Client) -> None:
    for path in ("healthz", "readyz", "metrics", "ledger/checkpoint", "ledger/key", "ledger/tile/0/000.p/1"):
        assert client.post(f"/{path}").status_code == 405


LOGGED = """
import logging, structlog
from gongzhi import logs
logs.configure("info", machine=MACHINE)
structlog.get_logger("gongzhi.request").info("request", route="follow/<number>")
structlog.get_logger("gongzhi.request").debug("request", route="quiet")
logging.getLogger("django.request").error("Internal Server Error: %s", "/follow/sesame", extra={"request": "x"})
logging.getLogger("django.request").warning("Not Found: %s", "/follow/sesame")
logging.getLogger("_granian").warning("Spawning %s", "worker-1")
try:
    raise ValueError("Key (phone)=(13912345678) is there")
except ValueError:
    logging.getLogger("django.request").error("Internal Server Error: %s", "/sesame", exc_info=True)
    logging.getLogger("django.request").error("%s: %s", "Internal Server Error", "/sesame", exc_info=True)
    logging.getLogger("_granian").error("Application callable raised an exception\\nValueError: 13912345678")
    structlog.get_logger("gongzhi").exception("one")
try:
    {}["13912345678"]
except KeyError as error:
    structlog.get_logger("gongzhi").error("two", exc_info=error)
    structlog.get_logger("gongzhi").error("three", error=error, because=error)
"""


def logged(machine: bool) -> list[str]:
    code = LOGGED.replace("MACHINE", str(machine))
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stderr.splitlines()


def test_logs_are_json_without_values_that_somebody_gave() -> None:
    lines = [json.loads(line) for line in logged(True)]
    assert [line["event"] for line in lines] == [
        "request",
        "Internal Server Error: %s",
        "Spawning worker-1",
        "Internal Server Error: %s",
        "django.request",
        "Application callable raised an exception",
        *("one", "two", "three"),
    ]
    assert all(line["level"] and line["at"].endswith("Z") for line in lines)
    assert lines[3]["error"] == "ValueError"
    assert lines[3]["through"] == ["<string>:11 <module>"]
    assert [line["error"] for line in lines[6:]] == ["ValueError", "KeyError", "KeyError"]
    assert all(line["through"] for line in lines[6:])
    assert lines[8]["because"] == "KeyError"
    for secret in ("sesame", "13912345678", "quiet"):
        assert secret not in json.dumps(lines)


def test_a_person_reads_plain_lines() -> None:
    lines = logged(False)
    assert lines[0] == "info: request route=follow/<number>"
    assert "error: two error=KeyError" in "\n".join(lines)
    assert "13912345678" not in "\n".join(lines)


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a fault of its own."""
    phone = request.GET["phone"]
    raise ValueError(f"Key (phone)=({phone}) is there")


def torn(request: HttpRequest) -> StreamingHttpResponse:
    """A page whose fault comes when half of it was sent."""

    def parts() -> Iterator[bytes]:
        yield b"one"
        broken(request)

    return StreamingHttpResponse(parts())


urlpatterns = [address("broken/", broken), address("torn/", torn)]


@pytest.fixture
def forwarded(lines: Any) -> Iterator[Any]:
    """What is written in the end, the lines of other libraries too."""
    handler = logs._Forward()
    logging.getLogger("django.request").addHandler(handler)
    yield lambda: [logs._error_without_values(None, "", dict(line)) for line in lines]
    logging.getLogger("django.request").removeHandler(handler)


@pytest.mark.urls(__name__)
def test_an_error_in_a_page_is_logged_with_its_places_and_no_values(
    client: Client, db: None, forwarded: Any
) -> None:
    client.raise_request_exception = False
    assert client.get("/broken/?phone=13912345678").status_code == 500
    failed, request = [line for line in forwarded() if line.get("log_level") != "debug"]
    assert (failed["event"], failed["error"], request["status"]) == ("django.request", "ValueError", 500)
    assert failed["request"] == request["request"]
    assert failed["through"][-1].endswith(" broken")
    assert "13912345678" not in str([failed, request])


@pytest.mark.urls(__name__)
def test_an_error_while_a_page_flows_is_logged_too(client: Client, db: None, forwarded: Any) -> None:
    answer = client.get("/torn/?phone=13912345678")
    with pytest.raises(ValueError):
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    (failed,) = [line for line in forwarded() if line["event"] == "request.broken"]
    assert failed["request"] == answer.headers["X-Request-ID"] and failed["route"] == "torn/"
    assert failed["error"] == "ValueError" and failed["through"][-1].endswith(" broken")
    assert "13912345678" not in str(failed)


def test_an_error_outside_every_page_is_answered_and_logged(forwarded: Any) -> None:
    from gongzhi.wsgi import application

    began: list[Any] = []
    answer = application({"PATH_INFO": "/13912345678"}, lambda *told: began.append(told))
    assert b"".join(answer) == b"500\n" and began[0][0].startswith("500")
    (failed,) = forwarded()
    assert failed["event"] == "request.failed" and failed["error"].endswith("Error") and failed["through"]
    assert "13912345678" not in str(failed)


def test_every_table_is_in_a_backup_or_passes_with_the_node(db: None) -> None:
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    kept = {each.name for each in tables()}
    assert {name for name in there - kept if not name.startswith("zz_")} == {
        *("auth_group", "auth_group_permissions", "auth_permission"),
        *("django_content_type", "django_migrations", "django_session"),
    }


def test_rows_come_back_whatever_their_number_and_kind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from gongzhi.foundation.ledger import guard
    from gongzhi.service.commands import portable

    monkeypatch.setattr(portable, "CHUNK", 3)
    kinds = {
        "id": "integer",
        "key": "uuid",
        "at": "moment",
        "data": "bytes",
        "told": "json",
        "is_so": "boolean",
    }
    types = {
        "sqlite": "id integer, key text, at text, data blob, told text, is_so integer",
        "postgresql": "id bigint, key uuid, at timestamptz, data bytea, told jsonb, is_so boolean",
    }
    for number in range(8):
        rows = [
            [
                n,
                "0197a4c0-0000-7000-8000-00000000000" + str(n),
                f"2026-11-2{n}T23:59:59.{'000000' if n % 2 else '120000'}Z",
                base64.b64encode(bytes([n, 0, 255])).decode(),
                {"zh": "共治", "n": [n, None]},
                bool(n % 2),
            ]
            for n in range(number)
        ]
        rows += [[number, None, None, None, None, None]]
        with guard.permitted(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMP TABLE kept ({types[connection.vendor]})")
            assert portable.insert("kept", kinds, rows) == number + 1
            cursor.execute(f"SELECT {', '.join(kinds)} FROM kept ORDER BY id")
            told = portable.Table("kept", kinds, ("id",))
            changes = {"sqlite": portable._FROM_SQLITE, "postgresql": portable._FROM_POSTGRESQL}
            assert list(portable._told(cursor, told, changes[connection.vendor])) == rows
            cursor.execute("DROP TABLE kept")


def test_a_table_counts_a_character_as_wide_as_it_is() -> None:
    assert width("共治a") == 5
    assert table(["a", "共"], [["共治", "b"], ["x", ""]]).splitlines() == [
        "a     共",
        "----  --",
        "共治  b",
        "x",
    ]

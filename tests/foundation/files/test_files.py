"""Files are kept by their content, once, and go when nobody needs them any more."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gongzhi.foundation.files import blobs
from gongzhi.foundation.files.acts import erase_file, store
from gongzhi.foundation.files.consumers import sweep
from gongzhi.foundation.files.queries import File, content_of, examine, lost, orphans
from gongzhi.foundation.ledger.acts import PLATFORM, together
from gongzhi.foundation.ledger.consumers import run_once
from gongzhi.foundation.ledger.models import Entry, Private
from gongzhi.foundation.ledger.refusals import NotAllowed, NotPossible
from gongzhi.foundation.ledger.verify import verify
from gongzhi.foundation.parties.actors import Actor, anyone
from tests.builders import World, world


@pytest.fixture
def place(db: None, settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(blobs, "folder", lambda: tmp_path / "files")
    return world()


def stored(place: World, text: str = "a photo of the river", name: str = "a.txt") -> File:
    return store(anyone(), place.town, content=examine(text.encode(), name))


def kept() -> list[str]:
    return sorted(path.name for path in blobs.folder().glob("*/*/*"))


def settle() -> None:
    """Let what lies in the folder be old."""
    for path in blobs.folder().glob("*/*/*"):
        os.utime(path, (0, 0))


def read(file: File) -> bytes | None:
    opened = content_of(file)
    if opened is None:
        return None
    with opened:
        return opened.read()


def test_what_is_stored_is_read_back(place: World) -> None:
    file = stored(place)
    assert read(File.objects.get(pk=file.pk)) == b"a photo of the river"
    assert blobs.path_of(file.sha256).parent.parent.name == file.sha256[:2]


def test_the_same_content_is_kept_once(place: World) -> None:
    first, second = stored(place), stored(place, name="b.txt")
    assert first.pk != second.pk
    assert len(kept()) == 1


def test_name_and_digest_are_in_the_private_part_of_the_entry(place: World) -> None:
    file = stored(place, name="wang.txt")
    entry = Entry.objects.get(verb="file.store")
    assert file.sha256 not in entry.facts
    assert "wang" not in entry.facts
    assert '"media_type":"text/plain"' in entry.facts
    assert file.sha256 in Private.objects.get(pk=entry.pk).text


def test_an_act_that_is_broken_off_leaves_content_that_the_sweep_takes(place: World) -> None:
    with pytest.raises(ZeroDivisionError), together():
        stored(place)
        raise ZeroDivisionError
    assert not File.objects.exists()
    assert list(orphans()) == []  # still young: perhaps another transaction is about to commit
    settle()
    assert len(list(orphans())) == 1
    sweep()
    assert kept() == []


def test_the_sweep_leaves_what_is_needed_and_takes_what_a_crash_left(place: World) -> None:
    file = stored(place)
    leftover = blobs.path_of(file.sha256).with_name(".partial")
    leftover.write_bytes(b"half")
    settle()
    sweep()
    assert kept() == [file.sha256]


def test_content_goes_with_the_last_file_that_has_it(place: World) -> None:
    first, second = stored(place), stored(place)
    erase_file(PLATFORM, first)
    run_once()
    assert kept() == [second.sha256]
    assert read(File.objects.get(pk=first.pk)) is None
    erase_file(PLATFORM, second)
    run_once()
    assert kept() == []


def test_an_erased_file_leaves_no_name_and_every_proof_holds(place: World) -> None:
    file = stored(place, name="wang.txt")
    run_once()
    erase_file(PLATFORM, file)
    run_once()
    row = File.objects.get(pk=file.pk)
    assert (row.name, bool(row.erased)) == ("", True)
    assert not Private.objects.filter(text__contains=file.sha256).exists()
    assert verify().faults == []
    with pytest.raises(NotPossible):
        erase_file(PLATFORM, file)


def test_the_public_cannot_erase_and_nobody_without_a_grant_can_store(place: World) -> None:
    file = stored(place)
    with pytest.raises(NotAllowed):
        erase_file(anyone(), file)
    with pytest.raises(NotAllowed):
        store(Actor(anyone().id), place.town, content=examine(b"x", "a"))


def test_what_is_missing_or_cut_short_is_found(place: World) -> None:
    file, other = stored(place), stored(place, "another")
    assert list(lost()) == []
    blobs.path_of(file.sha256).write_bytes(b"short")
    blobs.remove(other.sha256)
    assert {each.pk for each in lost()} == {file.pk, other.pk}


def test_a_digest_is_no_path(place: World) -> None:
    for wrong in ("../../etc/passwd", "a" * 63, "A" * 64, ""):
        with pytest.raises(ValueError, match="SHA-256"):
            blobs.path_of(wrong)

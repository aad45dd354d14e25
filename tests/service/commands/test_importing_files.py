"""Files as cities publish them: packed, encoded, delimited, and now and then broken."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from gongzhi.foundation.ledger.refusals import Invalid
from gongzhi.service.commands.importing.files import LONGEST_FIELD, Format, Read, opened

PLAIN = Format()
TEXT = 'a,b\n1,"two\nlines"\n\n3,4\n'


def rows(path: Path, form: Format = PLAIN) -> tuple[str, list[str], list[Read]]:
    with opened(path, form) as table:
        return table.name, table.columns, list(table.rows())


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "city.csv"
    path.write_bytes(TEXT.encode())
    return path


def test_a_row_knows_the_line_on_which_it_begins_and_blank_lines_are_none(plain: Path) -> None:
    name, columns, found = rows(plain)
    assert (name, columns) == ("city.csv", ["a", "b"])
    assert found == [Read(2, ["1", "two\nlines"]), Read(5, ["3", "4"])]


def test_packed_files_read_as_what_is_in_them(plain: Path, tmp_path: Path) -> None:
    packed = tmp_path / "city.csv.gz"
    packed.write_bytes(gzip.compress(TEXT.encode()))
    archive = tmp_path / "whatever.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(plain, "folder/city.csv")
        out.writestr("__MACOSX/._city.csv", "junk")
    assert rows(packed) == rows(archive) == rows(plain)


def test_of_several_files_in_a_zip_the_mapping_says_which(plain: Path, tmp_path: Path) -> None:
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(plain, "city.csv")
        out.writestr("readme.txt", "…")
    with pytest.raises(Invalid, match=r"file\.member"):
        rows(archive)
    assert rows(archive, Format(member="*.csv"))[0] == "city.csv"


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "marked.csv"
    path.write_bytes("\ufeffa,b\n1,2\n".encode())
    assert rows(path)[1] == ["a", "b"]


def test_other_encodings_delimiters_and_files_without_names_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "gbk.csv"
    path.write_bytes("1;路灯不亮\n".encode("gb18030"))
    form = Format(encoding="gb18030", delimiter=";", columns=("number", "words"))
    assert rows(path, form)[1:] == (["number", "words"], [Read(1, ["1", "路灯不亮"])])


def test_a_row_of_another_width_has_a_fault_and_the_next_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n1\n1,2,3\n1,2\n")
    _name, _columns, found = rows(path)
    assert ["columns" in read.fault or "列" in read.fault for read in found] == [True, True, False]


def test_a_byte_that_does_not_fit_spoils_only_its_own_row(tmp_path: Path) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes(b"a,b\ncaf\xe9,1\nx,2\n")
    _name, _columns, found = rows(path)
    assert [read.cells[1] for read in found] == ["1", "2"]
    with pytest.raises(UnicodeEncodeError):
        found[0].cells[0].encode()


def test_a_quotation_mark_that_nobody_closes_ends_as_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text('a,b\n1,"' + "x" * (LONGEST_FIELD + 10) + "\n")
    _name, _columns, found = rows(path)
    assert found[0].fault


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    with pytest.raises(Invalid):
        rows(path)

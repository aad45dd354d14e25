"""What is done to submissions and matters, from the first word to the closed file."""

from gongzhi.governance.matters.acts.filing import (
    MOST_FILES,
    NAME_LENGTH,
    PLACE_LENGTH,
    RECEIVING,
    TEXT_LENGTH,
    Contact,
    Place,
    add_category,
    file,
    open_matter,
)
from gongzhi.governance.matters.acts.handling import answer, close, contact, dispatch, note, promise
from gongzhi.governance.matters.acts.keeping import archive, erase_person
from gongzhi.governance.matters.acts.notices import deliver_notice, write_notice

__all__ = [
    "MOST_FILES",
    "NAME_LENGTH",
    "PLACE_LENGTH",
    "RECEIVING",
    "TEXT_LENGTH",
    "Contact",
    "Place",
    "add_category",
    "answer",
    "archive",
    "close",
    "contact",
    "deliver_notice",
    "dispatch",
    "erase_person",
    "file",
    "note",
    "open_matter",
    "promise",
    "write_notice",
]

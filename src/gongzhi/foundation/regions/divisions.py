"""Codes that people and files use: administrative divisions, grids, and numbers read out by phone.

A division code has two digits for a province, four for a prefecture, six for a county (GB/T 2260),
nine for a town or street (GB/T 10114) and twelve for a village or community. Files often pad shorter
ones with zeros. The code gives the parent *by structure*; the tree of regions may skip it, as where a
municipality has districts and the four-digit code is only a filler.

>>> normalise_division("310118000000"), parent_division("310118105001"), level_of("310118")
('310118', '310118105', 'county')
>>> grid_code("310118105001", 7), split_grid_code("310118105001007")
('310118105001007', ('310118105001', 7))

A readable number is a prefix of digits, eight random characters and a check character:

>>> normalise_number(" 260118 7kq2 9fmx 4 ")
'260118-7KQ2-9FMX-4'
>>> is_readable_number("260118-7KQ2-9FMX-4"), is_readable_number("260118-7QK2-9FMX-4")
(True, False)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from gongzhi.foundation.ledger.identity import chance

__all__ = [
    "ALPHABET",
    "DIVISION_LEVELS",
    "ancestor_divisions",
    "beginning_of_number",
    "check_character",
    "grid_code",
    "is_division",
    "is_readable_number",
    "level_of",
    "normalise_division",
    "normalise_number",
    "parent_division",
    "readable_number",
    "split_grid_code",
]

DIVISION_LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}
"""Length of a code → what it stands for."""

_LENGTHS = tuple(DIVISION_LEVELS)

ALPHABET = "23456789CDFHJKMNPQRTWXY"
"""23 characters, a prime number of them: no vowels, so no words; nothing that looks like another
(0 O, 1 I L, 2 Z, 5 S, 6 G, 8 B, U V)."""

_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_BODY = 8
_MOST_PREFIX = 12
_RADIX = 5  # a primitive root modulo 23: no two of the first 22 places weigh alike
_VALUES = {character: value for value, character in enumerate(ALPHABET)} | {"0": 21, "1": 22}
# Letters outside the alphabet stand for the digit they look like; in the prefix, which is all
# digits, so do the look-alikes of nought and one.
_LOOK_ALIKES = str.maketrans("BGSZ", "8652")
_LOOK_ALIKES_OF_DIGITS = str.maketrans("BGSZOIL", "8652011")
_SEPARATORS = frozenset("-–—‐‑‒―−_.·/ \t\r\n")


def is_division(code: str) -> bool:
    """Whether this has the form of a division code (2, 4, 6, 9 or 12 digits)."""
    return len(code) in DIVISION_LEVELS and code.isascii() and code.isdigit() and code[:2] != "00"


def level_of(code: str) -> str:
    """What a division code stands for: province, prefecture, county, township or village."""
    return DIVISION_LEVELS[len(_checked(code))]


def normalise_division(code: str) -> str:
    """A division code without the noughts with which files fill it up.

    >>> normalise_division("320500"), normalise_division("310000000000")
    ('3205', '31')
    """
    code = _checked("".join(unicodedata.normalize("NFKC", code).split()))
    return next((code[:length] for length in _LENGTHS if not code[length:].strip("0")), code)


def parent_division(code: str) -> str | None:
    """The code one level up by structure; none above a province."""
    place = _LENGTHS.index(len(_checked(code)))
    return code[: _LENGTHS[place - 1]] if place else None


def ancestor_divisions(code: str) -> Iterator[str]:
    """All codes above, from the nearest up.

    >>> list(ancestor_divisions("330421102"))
    ['330421', '3304', '33']
    """
    parent = parent_division(code)
    while parent is not None:
        yield parent
        parent = parent_division(parent)


def grid_code(division: str, sequence: int, *, digits: int = 3) -> str:
    """The code of a grid: the division it lies in and its number there."""
    if not 0 < sequence < 10**digits:
        raise ValueError(f"grid {sequence} of {division} does not fit in {digits} digits")
    return f"{_checked(division)}{sequence:0{digits}d}"


def split_grid_code(code: str, *, digits: int = 3) -> tuple[str, int]:
    """The division and the number of a grid."""
    division, sequence = code[:-digits], code[-digits:]
    if not is_division(division) or not (sequence.isascii() and sequence.isdigit()):
        raise ValueError(f"{code!r} is no grid code: a division code and {digits} digits are expected")
    return division, int(sequence)


def readable_number(prefix: str = "", *, choose: Callable[[str], str] | None = None) -> str:
    """A new number to read out over the phone; its middle is random, so it tells nothing.

    `prefix` is digits, such as the year and the last four of the county's code.
    """
    body = _random_body() if choose is None else "".join(choose(ALPHABET) for _ in range(_BODY))
    _check_prefix(prefix)
    return _formatted(prefix, body, check_character(prefix + body))


def _random_body() -> str:
    left, body = chance(), ""  # 64 bits are so many more than needed that no number is favoured
    for _ in range(_BODY // 2):
        left, pair = divmod(left, len(_PAIRS))
        body += _PAIRS[pair]
    return body


def normalise_number(text: str) -> str:
    """A number as somebody typed it, in its one written form; `ValueError` if it cannot be one.

    Case, spaces, hyphens of any kind and full-width characters do not matter, nor do letters outside
    the alphabet that look like a digit. The check character is not tried here.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(character for character in plain if character not in _SEPARATORS)
    prefix = plain[: -_BODY - 1].translate(_LOOK_ALIKES_OF_DIGITS)
    rest = plain[-_BODY - 1 :].translate(_LOOK_ALIKES)
    if len(rest) != _BODY + 1:
        raise ValueError(f"{text!r} is too short for a number: {_BODY + 1} characters at least are expected")
    _check_prefix(prefix)
    if strange := [character for character in rest if character not in ALPHABET]:
        raise ValueError(f"{strange[0]!r} does not occur in a number such as this ({text!r})")
    return _formatted(prefix, rest[:-1], rest[-1])


def beginning_of_number(text: str) -> str:
    """How a number begins of which somebody typed four characters or more, but not all; "" if none does so.

    >>> beginning_of_number("7kq2 9f"), beginning_of_number("7kq"), beginning_of_number("bridge")
    ('7KQ2-9F', '', '')
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(each for each in plain if each not in _SEPARATORS).translate(_LOOK_ALIKES)
    if not _BODY // 2 <= len(plain) <= _BODY or any(each not in ALPHABET for each in plain):
        return ""
    return "-".join(filter(None, (plain[:4], plain[4:])))


def is_readable_number(text: str) -> bool:
    """Whether a number has been taken down right: its form and its check character.

    Finds every single wrong character, every two that changed places (next to each other or not)
    and every pair misheard twice (33 for 22); of any other mistake, 22 in 23.
    """
    try:
        plain = normalise_number(text).replace("-", "")
    except ValueError:
        return False
    return check_character(plain[:-1]) == plain[-1]


def check_character(characters: str) -> str:
    """The character that ends a number: a pure system after ISO 7064, modulus 23, radix 5.

    The sum of all values, each weighed by a power of the radix and the check character by one, is
    1 modulo 23. Nought and one, which occur in prefixes only, take the values of two letters, which
    do not occur there.
    """
    total = 0
    for character in characters:
        total = (total + _VALUES[character]) * _RADIX % len(ALPHABET)
    return ALPHABET[(1 - total) % len(ALPHABET)]


def _formatted(prefix: str, body: str, check: str) -> str:
    return f"{prefix}-{body[:4]}-{body[4:]}-{check}" if prefix else f"{body[:4]}-{body[4:]}-{check}"


def _check_prefix(prefix: str) -> None:
    if prefix and not (prefix.isascii() and prefix.isdigit() and len(prefix) <= _MOST_PREFIX):
        raise ValueError(
            f"{prefix!r} cannot begin a number: at most {_MOST_PREFIX} digits are expected there"
        )


def _checked(code: str) -> str:
    if not is_division(code):
        raise ValueError(f"{code!r} is no division code: 2, 4, 6, 9 or 12 digits are expected")
    return code

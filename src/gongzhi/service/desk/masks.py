"""Personal data as lists and pages show it until somebody says what they need it for."""

from __future__ import annotations

from gongzhi.foundation.parties.queries import Person

_HIDDEN = "＊"


def masked_name(name: str) -> str:
    """The first character, whatever the length.

    >>> masked_name("王小明"), masked_name("Ann Lee"), masked_name("")
    ('王＊＊', 'A＊＊', '')
    """
    return f"{name[0]}{_HIDDEN * 2}" if name else ""


def masked_phone(phone: str) -> str:
    """The last two digits: enough to tell two callers apart.

    >>> masked_phone("13912345678"), masked_phone("110"), masked_phone("")
    ('＊＊＊78', '＊＊＊', '')
    """
    return _HIDDEN * 3 + (phone[-2:] if len(phone) > 5 else "") if phone else ""


def masked_email(email: str) -> str:
    """The first letter and the host's ending.

    >>> masked_email("ann@example.org"), masked_email("")
    ('a＊＊＊@＊＊＊.org', '')
    """
    if "@" not in email:
        return _HIDDEN * len(email)
    name, host = email.rsplit("@", 1)
    return f"{name[:1]}{_HIDDEN * 3}@{_HIDDEN * 3}.{host.rsplit('.', 1)[-1]}"


def masked(person: Person) -> dict[str, str]:
    """A person's contact data, masked; only what there is."""
    told = {
        "name": masked_name(person.name),
        "phone": masked_phone(person.phone),
        "email": masked_email(person.email),
    }
    return {key: value for key, value in told.items() if value}

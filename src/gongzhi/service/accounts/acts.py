"""What is done to accounts. Passwords and secrets never enter a payload, nor the digest of a key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongzhi.foundation.ledger.acts import STAFF, Actor, act, keep, moment, record
from gongzhi.foundation.ledger.refusals import Invalid, NotPossible
from gongzhi.foundation.parties.queries import Person
from gongzhi.service.accounts import recovery, totp
from gongzhi.service.accounts.models import Account

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")


@dataclass(frozen=True)
class Hidden:
    """A password or secret on its way into an act: whatever prints or digests it learns nothing."""

    value: str = field(repr=False)


class Hashed(Hidden):
    """The hash of a password that was made before: of one that many accounts of a demonstration share."""


@act("account.open", _("Open an account"), audience=STAFF, creates=True)
def open_account(by: Actor, person: Person, *, username: str, password: Hidden | None = None) -> Account:
    """Open an account for a person; without a password nobody can sign in to it yet."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            _("A user name has 3 to 60 characters: letters a to z, digits, dot, hyphen, underscore."),
            field="username",
        )
    if Account.objects.filter(username=username).exists():
        raise Invalid(_("This user name is taken."), field="username")
    if Account.objects.filter(person=person.pk).exists():
        raise NotPossible(_("This person has an account already."))
    account = Account(username=username, person=person, opened_at=moment())
    account.password = _hashed(password, account) if password else make_password(None)
    keep(account)
    record(private={"username": username}, persons=[person.pk], region=person.home_id)
    return account


@act("account.set_password", _("Set a password"), audience=STAFF)
def set_password(by: Actor, account: Account, *, password: Hidden) -> Account:
    """Set a password; whoever is signed in with the former one is signed out."""
    account.password = _hashed(password, account)
    keep(account, "password")
    record(persons=[account.person_id])
    return account


@act("account.set_totp", _("Set up a second factor"), audience=STAFF)
def set_totp(
    by: Actor, account: Account, *, secret: Hidden, code: Hidden, spare: Hidden | None = None
) -> Account:
    """Ask for a code of an authenticator app at every sign-in from now on; one code proves it works."""
    step = totp.matching_step(secret.value, code.value, moment().timestamp())
    if step is None:
        raise Invalid(
            _("This code does not fit. Check that the clock of your device is right, and try the next."),
            field="code",
        )
    account.totp_secret, account.totp_last_step = totp.seal(secret.value), step
    keep(account, "totp_secret", "totp_last_step")
    record(persons=[account.person_id])
    if spare is not None:
        set_recovery_codes(by, account, codes=spare)
    return account


@act("account.set_recovery_codes", _("Make recovery codes"), audience=STAFF)
def set_recovery_codes(by: Actor, account: Account, *, codes: Hidden) -> Account:
    """Let an account sign in with one of these codes when its device is lost; former ones end."""
    if not account.totp_secret:
        raise NotPossible(_("This account has no second factor."))
    told = [recovery.plain(each) for each in codes.value.split()]
    if len(set(told)) != recovery.COUNT or None in told:
        raise Invalid(_("These are no recovery codes."), field="codes")
    account.recovery_codes = recovery.kept(account.pk, (each for each in told if each))
    keep(account, "recovery_codes")
    record(persons=[account.person_id])
    return account


@act("account.use_recovery_code", _("Use a recovery code"), audience=STAFF)
def use_recovery_code(by: Actor, account: Account, *, code: Hidden) -> Account:
    """Take a recovery code in the place of the second factor; it is used up."""
    told = recovery.plain(code.value)
    used = told and recovery.matching(account.pk, account.recovery_codes, told)
    if not used:
        raise Invalid(_("This recovery code does not fit, or was used before."), field="code")
    account.recovery_codes = [each for each in account.recovery_codes if each != used]
    keep(account, "recovery_codes")
    record(facts={"left": len(account.recovery_codes)}, persons=[account.person_id])
    return account


@act("account.clear_totp", _("Remove a second factor"), audience=STAFF)
def clear_totp(by: Actor, account: Account) -> Account:
    """Ask for the password alone from now on; for whoever has lost the device, after a look at who asks."""
    if not account.totp_secret:
        raise NotPossible(_("This account has no second factor."))
    account.totp_secret, account.recovery_codes = "", []
    keep(account, "totp_secret", "recovery_codes")
    record(persons=[account.person_id])
    return account


@act("account.sign_in", _("Sign in"), audience=STAFF)
def sign_in(by: Actor, account: Account, *, code: Hidden | None = None) -> Account:
    """Begin a session, after the password was right; a code, of the app or of recovery, is good for once."""
    if not account.is_active:
        raise NotPossible(_("This account is closed."))
    if account.totp_secret:
        _pass_second_step(by, account, code or Hidden(""))
    record(facts={"second_factor": bool(account.totp_secret)}, persons=[account.person_id])
    return account


def _pass_second_step(by: Actor, account: Account, code: Hidden) -> None:
    if recovery.plain(code.value):
        use_recovery_code(by, account, code=code)
        return
    secret = totp.unseal(account.totp_secret)
    step = secret and totp.matching_step(
        secret, code.value, moment().timestamp(), after=account.totp_last_step
    )
    if not step:
        raise Invalid(_("This code does not fit, or was used before. Wait for the next one."), field="code")
    account.totp_last_step = step
    keep(account, "totp_last_step")


def _hashed(password: Hidden, account: Account) -> str:
    if isinstance(password, Hashed):
        return password.value
    try:
        validate_password(password.value, account)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    return make_password(password.value)


#: So many lists at most does an account keep.
MOST_LISTS = 20


@act("account.keep_list", _("Keep a list with its filters"), audience=STAFF)
def keep_list(by: Actor, account: Account, *, name: str, address: str) -> Account:
    """Keep the address of a list under a name of one's own; without an address the name is given up."""
    called = name.strip()[:40]
    if not called:
        raise Invalid(_("Give the list a name."), field="name")
    if address and (not address.startswith("/") or address.startswith("//") or len(address) > 500):
        raise Invalid(_("This is no list of this platform."), field="address")
    others = [each for each in account.lists if each["name"] != called]
    if address and len(others) >= MOST_LISTS:
        raise NotPossible(
            _("%(n)d lists are kept already.") % {"n": MOST_LISTS}, instead=_("Give one of them up first.")
        )
    account.lists = [*others, {"name": called, "address": address}] if address else others
    keep(account, "lists")
    record(facts={"lists": len(account.lists)}, private={"name": called, "address": address})
    return account

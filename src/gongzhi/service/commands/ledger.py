"""``gongzhi ledger …``: checking what the node keeps, and what was taken home from it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from gongzhi.config import Config
from gongzhi.service.commands import altered, console
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, say, tell
from gongzhi.service.commands.words import _, count

AS_JSON = typer.Option(False, "--json", help=_("give the result as one JSON object"))


def verify(
    against: Path | None = typer.Option(
        None, help=_("file with a checkpoint kept elsewhere; finds what the key's holder rewrote")
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Compute again everything that is kept, and name what does not fit."""
    kept = _read(against) if against else None
    console.start_django()
    from gongzhi.foundation.ledger.verify import verify as examine
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    report = examine(kept)
    report.faults.extend(altered.sentences())
    if as_json:
        console.give(
            {
                "sound": report.sound,
                "size": report.size,
                "root": report.root,
                "entries": report.entries,
                "checkpoints": report.checkpoints,
                "erased": report.erased,
                "waiting": report.waiting,
                "faults": report.faults,
            }
        )
    else:
        for fault in report.faults:
            tell(fault)
        tell(_examined(report))
    if not report.sound:
        raise typer.Exit(FAILED)


def _examined(report: Any) -> str:
    head = _("{size} entries in order, {checkpoints} checkpoints, {erased} texts erased, {waiting} waiting.")
    said = head.format(
        size=report.size, checkpoints=report.checkpoints, erased=report.erased, waiting=report.waiting
    )
    number = len(report.faults)
    verdict = _("Everything fits.") if report.sound else count("{n} fault.", "{n} faults.", number)
    return f"{said}\n{verdict.format(n=number)}"


def check(
    receipt: Path = typer.Argument(help=_("file with the receipt, or - for standard input")),
    key: Path | None = typer.Option(
        None, help=_("file with the verifier key; without it the key of the node in GONGZHI_DATA_DIR")
    ),
    as_json: bool = AS_JSON,
) -> None:
    """Check a receipt offline, by a key that did not come with it."""
    from gongzhi.foundation.ledger.checking import check as prove
    from gongzhi.foundation.ledger.notes import NoteError

    trusted = _trusted(key)
    text = _read(receipt)
    try:
        checked = prove(text, trusted)
    except (NoteError, ValueError) as error:
        if as_json:
            console.give({"valid": False, "why": str(error)})
        else:
            tell(_("This receipt proves nothing: {why}").format(why=error))
        raise typer.Exit(FAILED) from None
    if as_json:
        console.give(
            {
                "valid": True,
                "origin": checked.origin,
                "position": checked.position,
                "size": checked.size,
                "recorded": checked.recorded.isoformat(),
                "entry": checked.entry,
                "private": checked.private,
            }
        )
        return
    tell(
        _("Proved: {verb} stands at position {position} of {origin}, recorded {recorded}.").format(
            verb=checked.entry.get("verb"),
            position=checked.position,
            origin=checked.origin,
            recorded=f"{checked.recorded:%Y-%m-%d %H:%M:%S} UTC",
        )
    )


def _trusted(key: Path | None) -> list[Any]:
    from gongzhi.foundation.ledger.notes import NoteError, VerifierKey

    path = key or Config.read().data_dir / "keys" / "ledger.pub"
    try:
        found = [VerifierKey.parse(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, NoteError, ValueError) as error:
        raise Failed(
            _("There is no verifier key to check with: {why}").format(why=error),
            _("Name a file that holds the node's verifier key with --key; it is published by the node."),
            MISUSED,
        ) from None
    if not found:
        raise Failed(_("The file of the verifier key is empty."), code=MISUSED)
    return found


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise Failed(str(error), code=MISUSED) from None


def checkpoint() -> None:
    """Print the newest signed checkpoint, to be kept elsewhere."""
    console.start_django()
    from gongzhi.foundation.ledger.queries import latest_checkpoint
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    console.sequence()
    newest = latest_checkpoint()
    if newest is None:
        raise Failed(_("There is no checkpoint yet."))
    sys.stdout.write(newest.note)


def sequence() -> None:
    """Give all entries that wait their place."""
    console.start_django()
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    number = console.sequence()
    tell(count("{n} entry got its place.", "{n} entries got their place.", number).format(n=number))


def undone(
    retry: bool = typer.Option(False, "--retry", help=_("try them again now")),
    consumer: str | None = typer.Option(None, help=_("only those of one consumer")),
    as_json: bool = AS_JSON,
) -> None:
    """List what consumers could not do."""
    console.start_django()
    from gongzhi.foundation.ledger import consumers
    from gongzhi.service.commands.schema import demand_founded

    demand_founded()
    if retry:
        number = consumers.try_again(consumer)
        consumers.run_once()
        say(count("{n} was tried again.", "{n} were tried again.", number).format(n=number))
    rows = [each for each in consumers.undone() if consumer in (None, each.consumer)]
    if as_json:
        console.give({"undone": [_undone(each) for each in rows]})
        return
    for each in rows:
        tell(f"{each.consumer}  {each.position}  ×{each.attempts}  {each.reason}")
    if not rows:
        tell(_("Nothing is left undone."))


def _undone(row: Any) -> dict[str, Any]:
    return {
        "consumer": row.consumer,
        "position": row.position,
        "attempts": row.attempts,
        "reason": row.reason,
        "next_attempt": row.next_attempt and row.next_attempt.isoformat(),
    }


def begin_anew(
    reason: str = typer.Option(..., prompt=_("Why"), help=_("why the published entries cannot be restored")),
    yes: bool = typer.Option(False, "--yes", help=_("do not ask")),
) -> None:
    """Go on under a new name after published entries were lost; the loss is recorded for all to see."""
    console.start_django()
    from gongzhi.foundation.ledger import keys, published
    from gongzhi.foundation.ledger.queries import latest_checkpoint, size
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.queries import root
    from gongzhi.service.commands.acts import begin_anew as announce
    from gongzhi.service.commands.schema import demand_founded, not_founded

    demand_founded()
    last = published.last()
    if last is None or _agrees(latest_checkpoint()):
        raise Failed(_("The database continues what was published; there is nothing to begin anew."))
    top = root()
    if top is None:
        raise not_founded()
    say(
        _(
            "{published} entries of {origin} were published, and the database has {kept}.\n"
            "Whoever holds a receipt of a lost entry can still prove it. Nothing can bring it back."
        ).format(published=last.size, origin=last.origin, kept=size())
    )
    if not yes and not typer.confirm(_("Begin a ledger under a new name?"), err=True):
        raise typer.Exit(FAILED)
    new = keys.make(next_name(last.origin))
    announce(
        OPERATOR,
        top,
        former=last.origin,
        published_size=last.size,
        published_root=last.root.hex(),
        kept_size=size(),
        name=new.key.name,
        key=str(new.key),
        reason=reason,
    )
    keys.use(new)
    published.part()
    console.sequence()
    _announce_key(str(new.key))


def _agrees(head: Any) -> bool:
    from gongzhi.foundation.ledger import published

    try:
        published.agree(head)
    except published.Disagrees:
        return False
    return True


def next_name(name: str) -> str:
    """The name of the ledger that follows a broken one: with the next number behind it."""
    stem, slash, number = name.rpartition("/")
    if slash and number.isdecimal():
        return f"{stem}/{int(number) + 1}"
    return f"{name}/2"


def rotate(
    which: str = typer.Argument(
        help=_("ledger: the key that signs; secret: the key of sessions and follow-up secrets")
    ),
    forget: bool = typer.Option(
        False,
        "--forget-former",
        help=_("secret only: honour no former key, because somebody has seen it"),
    ),
) -> None:
    """Put a new key in the place of one."""
    if which not in ("ledger", "secret"):
        raise Failed(_("There is a ledger key and a secret key, no {name}.").format(name=which), code=MISUSED)
    if which == "secret":
        _rotate_secret(forget)
        return
    console.start_django()
    from gongzhi.foundation.ledger import keys
    from gongzhi.foundation.parties.actors import OPERATOR
    from gongzhi.foundation.regions.queries import root
    from gongzhi.service.commands.acts import rotate_keys
    from gongzhi.service.commands.schema import demand_founded, not_founded

    demand_founded()
    top = root()
    if top is None:
        raise not_founded()
    former, new = keys.signer(), keys.make()
    rotate_keys(OPERATOR, top, former=str(former.key), key=str(new.key))
    console.sequence()  # the key that goes vouches for the one that comes
    keys.use(new)
    _announce_key(str(new.key))


def _announce_key(key: str) -> None:
    from gongzhi.service.commands.founding import fingerprint

    tell(_("Verifier key:   {key}").format(key=key))
    tell(_("Fingerprint:    {fingerprint}").format(fingerprint=fingerprint(key)))
    say(_("Publish it where the former one was; what former keys signed still verifies."))


def _rotate_secret(forget: bool) -> None:
    from gongzhi import secrets

    config = Config.read()
    if config.secret_key:
        raise Failed(
            _("The secret key is given by GONGZHI_SECRET_KEY."),
            _("Change it there. To keep the former one honoured, leave the setting out and rotate."),
        )
    secrets.rotate(config, forget=forget)
    tell(_("There is a new secret key; restart the node to use it."))
    if forget:
        say(
            _(
                "Everybody has to sign in again, follow-up secrets handed out before no longer work,\n"
                "and second factors have to be set up anew."
            )
        )

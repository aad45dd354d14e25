"""``gongzhi COMMAND``: the command line of a node.

This module and those it imports stay light: Django and everything heavy is imported by the command
that needs it.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from gongzhi.config import Config, UnknownSetting
from gongzhi.service.commands import (
    accounts,
    backing_up,
    console,
    defaults,
    demo,
    doctor,
    exporting,
    founding,
    ledger,
    rulebook,
    rules,
    running,
    upgrading,
)
from gongzhi.service.commands.comparing.command import compare
from gongzhi.service.commands.console import FAILED, MISUSED, Failed, say
from gongzhi.service.commands.importing.command import import_command
from gongzhi.service.commands.scenes import command as scenes
from gongzhi.service.commands.words import _

app = typer.Typer(
    name="gongzhi",
    help=_("Gongzhi: an open platform on which the organisations of several regions govern together."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _settings() -> None:
    """Read the settings before any command, so that a misspelt one is not silently ignored."""
    Config.read()


app.command("init", help=_("Found a node: its region, first organisation, first administrator and keys."))(
    founding.init
)
app.command("serve", help=_("Serve pages, API and consumers until told to stop."))(running.serve)
app.command("worker", help=_("Sequence and consume, without serving; any number of them."))(running.worker)
app.command("import", help=_("Bring in a city's requests of the past, by a mapping of its columns."))(
    import_command
)
app.command("demo", help=_("Load the invented demonstration region and serve it."))(demo.demo)
app.command("doctor", help=_("Look at everything that a node needs, and say what to do."))(doctor.doctor)
app.command(
    "upgrade", help=_("Bring the database, the shipped roles and the shipped rules to this version.")
)(upgrading.upgrade)
app.command("backup", help=_("Write database, files and keys to one file."))(backing_up.backup)
app.command("restore", help=_("Bring a node back from a backup, and verify it."))(backing_up.restore)
app.command("export", help=_("Write everything in open formats into a folder."))(exporting.export)

of_ledger = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(of_ledger, name="ledger", help=_("Check the ledger, and what was taken home from it."))
of_ledger.command("verify", help=_("Compute again everything that is kept, and name what does not fit."))(
    ledger.verify
)
of_ledger.command("check", help=_("Check a receipt offline."))(ledger.check)
of_ledger.command("checkpoint", help=_("Print the newest signed checkpoint."))(ledger.checkpoint)
of_ledger.command("sequence", help=_("Give all entries that wait their place."))(ledger.sequence)
of_ledger.command("undone", help=_("List what consumers could not do, and try it again."))(ledger.undone)
of_ledger.command("begin-anew", help=_("Go on under a new name after published entries were lost."))(
    ledger.begin_anew
)

of_keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(of_keys, name="keys", help=_("Change the node's keys."))


@of_keys.callback()
def _keys() -> None:
    """Make room for further commands on keys."""


of_keys.command("rotate", help=_("Put a new key in the place of the ledger's, or of the secret one."))(
    ledger.rotate
)


of_rules = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(
    of_rules,
    name="rules",
    help=_("Verify and compare decision tables, bring them in, and try them on the past."),
)
of_rules.command("verify", help=_("Find gaps, contradictions and rows without effect in decision tables."))(
    rules.verify
)
of_rules.command("diff", help=_("Tell where two decision tables answer differently."))(rules.diff)
of_rules.command(
    "compare", help=_("Tell where the members of a cooperation area decide the same differently.")
)(compare)
of_rules.command(
    "defaults", help=_("List the rule sets that come with the platform, or install some as drafts.")
)(defaults.defaults)
of_rules.command("import", help=_("Bring decision tables in as drafts of a region's rules."))(
    rulebook.import_
)
of_rules.command("export", help=_("Write the rules in force for a region as YAML or DMN XML."))(
    rulebook.export
)
of_rules.command(
    "replay", help=_("Decide again what was decided, by the same versions or by another table.")
)(rulebook.replay)

of_scenes = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(
    of_scenes, name="scene", help=_("Check, install and share the categories and rules of one scene.")
)
of_scenes.command("list", help=_("List the scenes that come with the platform."))(scenes.list_)
of_scenes.command("check", help=_("Say what is wrong with a scene's folder."))(scenes.check)
of_scenes.command("install", help=_("Add a scene's categories and draft its rules for a region."))(
    scenes.install
)
of_scenes.command("export", help=_("Write an installed scene as the authority has adapted it."))(
    scenes.export
)

of_accounts = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(of_accounts, name="accounts", help=_("Let people in, and help those who cannot sign in."))
of_accounts.command("open", help=_("Open an account for a person newly appointed to a post."))(
    accounts.open_for
)
of_accounts.command(
    "password", help=_("Set a password: asked for twice, or the first line of standard input.")
)(accounts.password)
of_accounts.command(
    "reset-second-factor", help=_("Let an account sign in with the password alone, as after a lost device.")
)(accounts.reset_second_factor)


def main() -> NoReturn:
    """Run a command; whatever it cannot do becomes a sentence and an exit code."""
    try:
        app()
    except Failed as failed:
        _refuse(str(failed), failed.instead)
        sys.exit(failed.code)
    except UnknownSetting as error:
        _refuse(str(error))
        sys.exit(MISUSED)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not _told(error):
            raise
        sys.exit(FAILED)
    sys.exit(console.DONE)


def _told(error: Exception) -> bool:
    """Tell what a person can do something about; anything else is ours to mend, and keeps its trace."""
    if isinstance(error, OSError):
        _refuse(str(error))
        return True
    if "django" not in sys.modules:
        return False
    from django.db import OperationalError

    from gongzhi.foundation.ledger.refusals import Refusal

    if isinstance(error, Refusal):
        _refuse(str(error.reason), str(error.instead or ""))
        return True
    if isinstance(error, OperationalError):
        _refuse(str(error))
        return True
    published = sys.modules.get("gongzhi.foundation.ledger.published")
    if published is not None and isinstance(error, published.Disagrees):
        _refuse(str(error))
        return True
    return False


def _refuse(why: str, instead: str = "") -> None:
    say(why)
    if instead:
        say(instead)


if __name__ == "__main__":
    main()

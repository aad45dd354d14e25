"""Triggers: entries wait for a position as soon as they exist, and what is proved never changes."""

from django.db import migrations

_KEPT = ("ledger_entry", "ledger_position", "ledger_erasure", "ledger_checkpoint")


def _do(editor, statement: str) -> None:
    editor.execute(statement, None)


def _sqlite(editor) -> None:
    _do(
        editor,
        "CREATE TRIGGER ledger_entry_waits AFTER INSERT ON ledger_entry BEGIN "
        "INSERT INTO ledger_pending (entry_id) VALUES (NEW.id); END",
    )
    for table in _KEPT:
        for event in ("UPDATE", "DELETE"):
            _do(
                editor,
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{table} is append-only'); END",
            )
    for event in ("UPDATE", "DELETE"):
        _do(
            editor,
            f"CREATE TRIGGER ledger_tile_no_{event.lower()} BEFORE {event} ON ledger_tile "
            "WHEN length(OLD.hashes) = 8192 BEGIN SELECT RAISE(ABORT, 'a full tile is append-only'); END",
        )


def _postgresql(editor) -> None:
    _do(
        editor,
        "CREATE FUNCTION ledger_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO ledger_pending (entry_id) SELECT id FROM added; RETURN NULL; END $$",
    )
    _do(
        editor,
        "CREATE TRIGGER ledger_entry_waits AFTER INSERT ON ledger_entry "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_wait()",
    )
    _do(
        editor,
        "CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    )
    for table in _KEPT:
        _do(
            editor,
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
        )
    _do(
        editor,
        "CREATE TRIGGER ledger_tile_append_only BEFORE UPDATE OR DELETE ON ledger_tile FOR EACH ROW "
        "WHEN (length(OLD.hashes) = 8192) EXECUTE FUNCTION ledger_refuse()",
    )


def create(apps, editor) -> None:
    {"sqlite": _sqlite, "postgresql": _postgresql}[editor.connection.vendor](editor)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create)]

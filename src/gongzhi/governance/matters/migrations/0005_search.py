"""PostgreSQL: an index over every two characters that stand together in titles and submissions, and over each.

An extension for this exists, but its trigrams do not find Chinese words of two characters.
"""

from django.db import migrations

_DONE = (
    """
    CREATE FUNCTION matters_pairs(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
    DECLARE
      letters text[] := string_to_array(upper(said), NULL);
      found text[] := letters;
      before text := '';
      letter text;
    BEGIN
      FOREACH letter IN ARRAY letters LOOP
        found := found || (before || letter);
        before := letter;
      END LOOP;
      RETURN found;
    END $$
    """,
    "CREATE INDEX matter_said ON matters_matter USING gin (matters_pairs(title))",
    "CREATE INDEX submission_said ON matters_submission USING gin (matters_pairs(text))",
    # So that what is rare is known to be rare: otherwise the newest are read through in search of it.
    "ALTER INDEX matter_said ALTER COLUMN 1 SET STATISTICS 500",
    "ALTER INDEX submission_said ALTER COLUMN 1 SET STATISTICS 500",
    "ANALYZE matters_matter",
    "ANALYZE matters_submission",
)
_UNDONE = (
    "DROP INDEX submission_said",
    "DROP INDEX matter_said",
    "DROP FUNCTION matters_pairs(text)",
)


def _on_postgresql(statements):
    def run(apps, editor) -> None:
        if editor.connection.vendor == "postgresql":
            for statement in statements:
                editor.execute(statement, None)

    return run


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_knowledge")]
    operations = [migrations.RunPython(_on_postgresql(_DONE), _on_postgresql(_UNDONE))]

"""The journal is append-only: the database refuses what code must not try."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION journal_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER journal_entry_is_final BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_entry_is_final();
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_is_final();
"""
BACK = """
DROP TRIGGER journal_entry_is_final ON journal_entry;
DROP TRIGGER journal_is_never_emptied ON journal_entry;
DROP FUNCTION journal_entry_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_initial")]

    operations = [migrations.RunSQL(FORWARD, BACK)]

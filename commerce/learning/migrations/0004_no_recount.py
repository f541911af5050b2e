from django.db import migrations


class Migration(migrations.Migration):
    """A course is no longer counted anew when its outline changes: what was waiting for that is dropped."""

    dependencies = [
        ("learning", "0003_position_at"),
        ("outbox", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL("DELETE FROM outbox_message WHERE name = 'learning.recount'", migrations.RunSQL.noop),
    ]

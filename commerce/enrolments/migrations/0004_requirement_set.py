import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import academies.kernel.codes


class Migration(migrations.Migration):
    dependencies = [
        ("enrolments", "0003_refund_terms"),
    ]
    operations = [
        migrations.CreateModel(
            name="RequirementSet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=academies.kernel.codes.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("course_key", models.UUIDField(help_text="The translation key of the course page.")),
                (
                    "rule",
                    models.CharField(
                        help_text="The completion rule of the course: how many lessons it takes.", max_length=20
                    ),
                ),
                ("needed_percent", models.PositiveSmallIntegerField()),
                ("lesson_keys", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("quiz_keys", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("digest", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("course_key", "digest"), name="requirements_stored_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="enrolment",
            name="requirement_set",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enrolments",
                to="enrolments.requirementset",
            ),
        ),
    ]

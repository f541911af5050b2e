from django.db import models


class Heartbeat(models.Model):
    """A record: when the worker or the clock last reported that it works."""

    name = models.CharField(primary_key=True, max_length=20, help_text="`worker` or `clock`.")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Measurement(models.Model):
    """A record: the figures of one academy for the operator, updated once a minute."""

    schema = models.CharField(primary_key=True, max_length=63)
    measured_at = models.DateTimeField()
    outbox_waiting = models.PositiveIntegerField(default=0, help_text="Messages that are due and not delivered.")
    outbox_oldest_at = models.DateTimeField(null=True)
    outbox_failing = models.PositiveIntegerField(default=0, help_text="Messages that failed ten times or more.")
    orders_stuck = models.PositiveIntegerField(default=0, help_text="Pending an hour after their time to pay.")
    refunds_stuck = models.PositiveIntegerField(default=0, help_text="Under way for an hour.")
    # From the daily check of the invariants.
    violations = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.schema


class Alarm(models.Model):
    """A record: a kind of alarm, and when the operator was last emailed about it."""

    kind = models.CharField(primary_key=True, max_length=40)
    mailed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.kind

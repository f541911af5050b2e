"""Pages that promised money back until some days before keep that promise by rule; others leave it to the academy."""

import re

from django.db import migrations

_NUMBERS = {
    word: number
    for number, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen".split(), start=1
    )
}
_PROMISE = re.compile(rf"(?:money back|refund)[^.;]*?\b(\d{{1,3}}|{'|'.join(_NUMBERS)}) days? before", re.IGNORECASE)


def read_words(apps, schema_editor):
    EventPage = apps.get_model("events", "EventPage")
    for page in EventPage.objects.exclude(refund_policy=""):
        promise = _PROMISE.search(page.refund_policy)
        if promise:
            word = promise[1].lower()
            page.full_refund_days = min(_NUMBERS.get(word) or int(word), 365)
            page.save(update_fields=["full_refund_days"])


class Migration(migrations.Migration):
    dependencies = [("events", "0005_refund_terms")]

    operations = [migrations.RunPython(read_words, migrations.RunPython.noop)]

"""Names are searched without their accents."""

import django.db.models.functions.text
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

import booking.models.clients

FOLD = """
CREATE FUNCTION booking_folded(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN upper(unaccent('unaccent', $1))
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0006_roles")]
    operations = [
        UnaccentExtension(),
        migrations.RunSQL(FOLD, "DROP FUNCTION booking_folded(text)"),
        migrations.AddField(
            "client",
            "folded_name",
            models.GeneratedField(
                db_persist=True,
                expression=booking.models.clients.Folded(
                    django.db.models.functions.text.Concat(
                        models.F("first_name"), models.Value(" "), models.F("last_name")
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.RemoveIndex("client", "client_name_trigrams"),
        migrations.AddIndex(
            "client", GinIndex(fields=["folded_name"], name="client_name_trigrams", opclasses=["gin_trgm_ops"])
        ),
    ]

"""The four roles as groups with their permissions."""

from django.db import migrations

from booking import roles


def make_roles(apps, schema_editor):
    roles.make(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("booking", "0005_staff_day"),
        ("services", "0005_staff_day"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]

"""The database as migrations leave it, a fifth of a second sooner than by Django's flush.

Django's empties what migrations have filled and tells every app to fill it again: it brings back content types and
permissions, not the groups of roles; the tables of jobs it leaves alone.
"""

from django.db import connection

FILLED_BY_MIGRATIONS = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
}


def empty_the_database() -> None:
    tables = set(connection.introspection.table_names()) - FILLED_BY_MIGRATIONS
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(map(connection.ops.quote_name, sorted(tables)))}")

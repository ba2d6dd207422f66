"""Is a background worker there? Read from the heartbeats that workers leave in the database."""

from datetime import timedelta

from django.db import connection


def is_alive(*, within: timedelta) -> bool:
    """Whether any worker has given a sign of life that recently, by the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - %s)", [within]
        )
        return cursor.fetchone()[0]

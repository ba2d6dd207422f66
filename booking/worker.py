"""Is a background worker there? Read from the heartbeats that workers leave in the database."""

from datetime import timedelta

from django.db import connection


def is_alive(*, within: timedelta) -> bool:
    """Whether any worker has given a sign of life that recently, by the database's clock."""
    with connection.cursor() as cursor:
        heard = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s) LIMIT 1"
        cursor.execute(heard, [within.total_seconds()])
        return cursor.fetchone() is not None

"""Whole minutes: the grain of every length and every moment that the clinic plans with."""

from functools import reduce
from operator import and_

from django.db.models import BigIntegerField, F, Func, Q
from django.db.models.lookups import Exact


class PastMinute(Func):
    """Microseconds past the last whole minute, of a length or an instant."""

    template = "mod((EXTRACT(EPOCH FROM %(expressions)s::%(kind)s) * 1000000)::bigint, 60000000)"
    output_field = BigIntegerField()

    def as_postgresql(self, compiler, connection, **extra):
        """With the type said: when a form is validated the database is asked about values, of which null has none."""
        kind = self.get_source_expressions()[0].output_field.db_type(connection)
        return self.as_sql(compiler, connection, kind=kind, **extra)


def whole_minutes(*fields: str) -> Q:
    """True where each of the fields is a whole number of minutes, or null."""
    return reduce(and_, (Q(Exact(PastMinute(F(field)), 0)) for field in fields))

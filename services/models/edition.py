"""Which edition of the catalogue people are reading: a number that differs after every change of what pages show.

Triggers of the database count it up, so that bulk updates and other programs count as well, and it becomes
visible together with the change. Kept pages carry it in their key.
"""

from django.core.cache import cache
from django.db import models

KNOWN_FOR = 2  # seconds that a process trusts the number it read


class Edition(models.Model):
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="edition_is_one_row")]

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def current(cls) -> int:
        """The number, read at most every two seconds by each process; at most one query."""
        number = cache.get("edition")
        if number is None:
            number = cls.objects.values_list("number", flat=True).first() or 0
            cache.set("edition", number, KNOWN_FOR)
        return number

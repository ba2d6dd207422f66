"""The word every record of the catalogue shares: active, that is, offered to people now."""

from django.db import models


class ActiveQuerySet(models.QuerySet):
    def active(self):
        return self.filter(is_active=True)

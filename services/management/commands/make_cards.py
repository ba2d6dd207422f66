"""`manage.py make_cards`: the pictures for links shared elsewhere, as far as they are missing or say something else."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from services import cards


class Command(BaseCommand):
    help = "Draw the missing and changed cards of articles, services and practitioners, and delete those nobody shows."

    def handle(self, *args: object, **options: object) -> None:
        drawn = cards.refresh_default() + sum(cards.refresh(owner) for owner in cards.owners())
        deleted = cards.delete_orphans()
        if drawn or deleted:
            self.stdout.write(f"{drawn} cards drawn, {deleted} deleted.")
        else:
            self.stdout.write("Every card is as it should be; nothing was drawn.")

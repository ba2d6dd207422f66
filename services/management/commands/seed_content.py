"""`manage.py seed_content`: the articles that come with the product, into the database, leaving staff's edits alone."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from services import content, seeding


class Command(BaseCommand):
    help = "Add the articles of services/content/ and update those that nobody has edited since."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=content.ROOT, help="Where the files are; by default ours.")
        parser.add_argument("--check", action="store_true", help="Only read the files and say what is wrong in them.")
        parser.add_argument("--force", action="append", default=[], metavar="SLUG", help="Take the file’s text.")
        parser.add_argument(
            "--publish", action="store_true", help="Publish new articles even if their reviewer does not work here."
        )

    def handle(
        self, *args: object, folder: Path, check: bool, force: list[str], publish: bool, **options: object
    ) -> None:
        try:
            texts = content.articles(folder)
            wrong = content.problems(folder) if check else []
        except content.ContentError as error:
            raise CommandError(str(error)) from error
        if wrong:
            raise CommandError("\n".join(wrong))
        if check:
            self.stdout.write(f"{len(texts)} articles, and nothing wrong in them.")
            return
        if unknown := set(force) - {text.slug for text in texts}:
            raise CommandError(f"There is no file for {', '.join(sorted(unknown))}.")
        self._say(seeding.seed_articles(texts, now=timezone.now(), force=force, publish_unreviewed=publish))

    def _say(self, outcome: seeding.Outcome) -> None:
        for count, words in (
            (len(outcome.added), "added"),
            (len(outcome.unreviewed), "added as drafts, for somebody here to review"),
            (len(outcome.changed), "brought up to date"),
        ):
            if count:
                self.stdout.write(f"{count} article{'s' if count > 1 else ''} {words}.")
        for slug in outcome.kept:
            self.stdout.write(f"Kept your edits of {slug}; --force {slug} takes the file’s text.")
        if outcome == seeding.Outcome():
            self.stdout.write("The articles are as their files have them; nothing was changed.")

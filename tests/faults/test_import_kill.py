"""`kill -9` of the worker in the middle of an import: what is left is imported by the next one, nobody twice."""

import pytest
from django.contrib.auth.models import User

from booking.imports import files, run
from booking.models import Client, ClientNote
from tests import serving
from tests.factory import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROWS = 6000


def test_import_outlives_its_worker():
    owner = User.objects.create_superuser("owner")
    lines = "".join(f"Noor,Haddad {n},n{n}@example.org,Bell {n}\n" for n in range(ROWS))
    batch = files.take(f"first name,last name,email,notes\n{lines}".encode(), name="a.csv", by=owner, now=NOW)
    run.start(files.check(batch, matched=batch.columns), by=owner)
    with serving.worker() as worker:
        serving.wait_until(lambda: run.progress(batch).done > 0, within=60, what="the import has begun")
        worker.kill()
        stopped_at = run.progress(batch).done
    assert 0 < stopped_at < ROWS
    assert Client.objects.count() == stopped_at  # whole parts, none half done
    run.start(batch, by=owner)
    with serving.worker():
        serving.wait_until(lambda: run.progress(batch).done == ROWS, within=120, what="the rest is imported")
    assert Client.objects.count() == ClientNote.objects.count() == ROWS

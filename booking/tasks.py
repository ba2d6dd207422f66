"""The jobs of the background worker. Each is a thin call into a write module, safe to run twice."""

from __future__ import annotations

import logging

from django.db import connection
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from booking import evening, outbox
from booking.imports import run as imports

log = logging.getLogger(__name__)


class UntilGivenUp(BaseRetryStrategy):
    """The message counts its tries, not the job: a job's own count also grows with each worker that died."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, outbox.GivenUp):
            return None
        return RetryDecision(retry_in={"seconds": 4 ** min(job.attempts + 1, outbox.ATTEMPTS)})


@app.task(queue="mail", retry=UntilGivenUp())
def send_message(message_pk: int) -> None:
    """Send one mail; tried again after 4, 16, 64 … seconds, then left as failed for staff to see."""
    try:
        outbox.deliver(message_pk, now=timezone.now())
    finally:
        connection.close()  # back to the pool: a worker's thread may idle for hours


@app.task(queue="imports", retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def import_clients(import_pk: int) -> None:
    """Import the next part of a checked file; the job after it is queued with what this one wrote."""
    try:
        imports.import_part(import_pk, now=timezone.now())
    finally:
        connection.close()


@app.periodic(cron="* * * * * */15")
@app.task(queue="upkeep", queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to the others: its heartbeat has been silent for half a minute."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        log.warning("Job %s lost its worker and is run again.", job.id)
        await manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(queue="upkeep", queueing_lock="sweep", pass_context=True)
async def sweep_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that ended more than a week ago."""
    await context.app.job_manager.delete_old_jobs(nb_hours=7 * 24, include_failed=True)


@app.periodic(cron="*/15 * * * *")
@app.task(queue="upkeep", queueing_lock="evening_mails", retry=RetryStrategy(max_attempts=4, wait=60))
def evening_mails(timestamp: int) -> None:
    """Tell practitioners of tomorrow once it is evening where they work; every quarter, for zones with odd offsets."""
    try:
        evening.tell(now=timezone.now())
    finally:
        connection.close()

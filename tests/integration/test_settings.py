"""Settings and the pages that watch over the site."""

import os
import subprocess
import sys

import pytest

from clinic.management.commands import demo

PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghij" * 3,
    "FIELD_ENCRYPTION_KEYS": "1:" + "ab" * 32,
    "SITE_URL": "https://clinic.example",
    "ALLOWED_HOSTS": "clinic.example",
    "EMAIL_URL": "smtp://localhost:1025",
    "DATABASE_URL": "postgresql://localhost/clinic",
}


def check(**environment):
    clean = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"]
    return subprocess.run(command, env=clean, capture_output=True, text=True, timeout=120)


def test_production_settings_pass_django_s_own_deployment_check():
    done = check(**PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", sorted(PRODUCTION))
def test_a_missing_setting_stops_production_with_its_name(missing):
    done = check(**{name: value for name, value in PRODUCTION.items() if name != missing})
    assert done.returncode != 0
    assert missing in done.stderr


def test_the_demo_on_its_usual_port_has_every_setting_it_needs():
    made = {"secret_key": PRODUCTION["SECRET_KEY"], "field_encryption_keys": PRODUCTION["FIELD_ENCRYPTION_KEYS"]}
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, env=demo.production_on(8000, made), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_made_up_secrets_of_development_are_refused_in_production():
    made_up = "only-for-development-" + "x" * 40
    assert "SECRET_KEY" in check(**{**PRODUCTION, "SECRET_KEY": made_up}).stderr


@pytest.mark.django_db
def test_ready_says_that_no_worker_is_there(client):
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "worker": False})


@pytest.mark.django_db
def test_forwarded_addresses_are_believed_from_trusted_proxies_alone(rf, settings):
    from clinic.middleware import ClientAddressMiddleware

    seen = ClientAddressMiddleware(lambda request: request.META["REMOTE_ADDR"])
    forged = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 10.0.0.9", "REMOTE_ADDR": "10.0.0.1"}
    assert seen(rf.get("/", **forged)) == "10.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert seen(rf.get("/", **forged)) == "10.0.0.9"

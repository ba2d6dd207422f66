"""A real mail server for each test that asks."""

import pytest

from tests import serving


@pytest.fixture
def mail_server(transactional_db, settings):
    """An SMTP server the site's settings point at; mails are due at once and never awaited for long."""
    with serving.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 1
        settings.SECRET_KEY = serving.SECRET_KEY
        yield server

"""How gunicorn serves the site, wherever it runs. The environment names the address and the number of workers."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
worker_class = "sync"  # a worker hung on a dead connection is found by the timeout and replaced
timeout = 30
graceful_timeout = 10
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 4094
control_socket_disable = True
loglevel = "warning"

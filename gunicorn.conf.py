"""How gunicorn serves the page: one worker with threads, since the cached frames and the sign-in limit live in it."""

import sys

import settings as _settings

try:
    _now = _settings.for_web(_settings.load())
except _settings.SettingsError as _error:
    print(f"Fitboard does not start:\n{_error}", file=sys.stderr)
    sys.exit(2)

bind = f"{_now.host}:{_now.port}"
workers = 1
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 3
keepalive = 5
control_socket_disable = True  # it would be written into the home folder
accesslog = None
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = "*" if _now.on_dyno else "127.0.0.1"

"""How the benchmarks serve: as gunicorn.conf.py does, without the settings of a person."""

workers = 1
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 3
keepalive = 5
control_socket_disable = True
accesslog = None
loglevel = "warning"

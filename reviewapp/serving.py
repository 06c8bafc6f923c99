"""How gunicorn serves the site where PostgreSQL keeps it: processes that take turns at one queue of requests (ADR 13).

gunicorn --config python:reviewapp.serving --bind ADDRESS reviewapp.wsgi:application
"""

import os

workers = int(os.environ.get("WEB_CONCURRENCY") or 4)  # two a processor: more of them at work at once only contend
preload_app = True  # the processes share the memory of the code
timeout = 600  # seconds; a file of 100 MB on a slow line takes its time
limit_request_line = 8190  # bytes; a list with filters has a long address
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # a heartbeat should wait for no disk
control_socket_disable = True

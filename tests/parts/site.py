"""The site behind its own web server, in a thread of the test process; it reaches the database while a test may."""

from __future__ import annotations

import threading

from django.core.wsgi import get_wsgi_application

from reviewapp.processes import WebServer, listen


class Site:
    """Serves from the moment it is made until `stop()`."""

    def __init__(self) -> None:
        self._server = WebServer(get_wsgi_application(), listen(0))
        self._thread = threading.Thread(target=self._server.run, name="served site", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        return self._server.address

    def stop(self) -> None:
        """Answer what is under way, then close."""
        self._server.stop()
        self._thread.join(10)

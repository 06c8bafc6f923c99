"""Django's PostgreSQL backend; Django looks for it under this name (setting ENGINE)."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the socket, not the server, whether a connection still stands: a statement for it would come with every request."""

    def is_usable(self) -> bool:
        """False where the other end has hung up, or has anything to say to a connection that asked nothing."""
        if self.connection is None or self.connection.closed:
            return False
        socket = select.poll()
        socket.register(self.connection.fileno(), select.POLLIN)
        return self.connection.info.transaction_status == TransactionStatus.IDLE and not socket.poll(0)

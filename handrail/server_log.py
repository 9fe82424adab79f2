"""The web server's own log, without the addresses of requests: a path may hold a token."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.glogging import Logger

from web.logs import places

OF_A_REQUEST = ("Error handling request", "Socket error processing request", "Invalid request from")


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's log; of an error while answering it tells the kind and place alone."""

    def exception(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log an error that is being handled; what hinders the start is told in full."""
        kind, _error, trace = sys.exc_info()
        if kind is not None and str(msg).startswith(OF_A_REQUEST):
            self.error("failed while answering: error=%s at=%s", kind.__name__, places(trace))
        else:
            super().exception(msg, *args, **kwargs)

    def warning(self, msg: object, *args: Any, **kwargs: Any) -> None:
        """Log a warning; of a malformed request only that there was one."""
        if str(msg).startswith(OF_A_REQUEST):
            super().warning("a malformed request was refused")
        else:
            super().warning(msg, *args, **kwargs)

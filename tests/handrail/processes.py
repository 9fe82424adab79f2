"""Watching processes that are not our children."""

import os
import select


def gone(pid: int, *, within: float = 10.0) -> bool:
    """Wait for a process to end; False when it is still there after ``within`` seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], within)[0])
    finally:
        os.close(watch)

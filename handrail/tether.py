"""Run a program that ends with its parent: `python tether.py PARENT PROGRAM [ARGUMENT...]`.

Linux sends the signal whatever kills the parent. Elsewhere the program is run as it is; then only the
queue server, which the next start looks for, is sure to end after a crash of its owner.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    """Tie this process to its parent, then become the program."""
    parent, program = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        return  # the parent went before it could be watched
    os.execv(program[0], program)  # noqa: S606 - our own program, no shell


if __name__ == "__main__":
    main()

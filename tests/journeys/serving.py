"""Be a relay or a worker of a test's place: ``python -m tests.journeys.serving relay``.

While the file ``stop`` is in the home folder, a mail is not written: so a work-horse can be killed in the
middle of one.
"""

from __future__ import annotations

import os
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from tests.conftest import KEYRING
from workers import mailer, relay, worker
from workers.config import WorkerConfig


def config_of(url: str, redis_url: str | None, home: Path) -> WorkerConfig:
    return WorkerConfig(
        database_url=url,
        redis_url=redis_url,
        secret_key="x",
        master_key=KEYRING.masters[0],
        base_url="http://localhost:8000",
        home=home,
        mail_from="handrail@localhost",
    )


def main() -> None:
    url, redis_url, home = os.environ["HANDRAIL_TEST_PLACE"].split("|")
    config, write = config_of(url, redis_url, Path(home)), mailer.FolderMailer.send

    def wait_and_write(self: mailer.FolderMailer, message: EmailMessage) -> None:
        while (Path(home) / "stop").exists():
            time.sleep(0.05)
        write(self, message)

    mailer.FolderMailer.send = wait_and_write  # type: ignore[method-assign]
    if sys.argv[1] == "relay":
        relay.run(config)
    else:
        worker.run(config)


if __name__ == "__main__":
    main()

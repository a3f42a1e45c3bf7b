"""One vote for a mailbox on the embedded database too, where other tests run on PostgreSQL."""

import os
import subprocess
import sys

from django.conf import settings

PRESSES = 50


def test_fifty_presses_at_once_count_one_vote_on_sqlite(tmp_path):
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'race.sqlite3'}",
        "REDIS_URL": "",
    }

    run = subprocess.run(
        [sys.executable, "-m", "tests.priorities.race_on_sqlite", str(PRESSES)],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.stderr == ""
    fifty, both = ["COUNTED"] * PRESSES, ["COUNTED"] * 2
    assert run.stdout.split() == [*fifty, "COUNTED", *both, "COUNTED", "REPLACED"]

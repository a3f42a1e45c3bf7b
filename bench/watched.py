"""Run a management command; print the most memory that its process held, in kilobytes.

    python -m bench.watched import_postcodes FILE

The kernel's account of the process itself: what ``wait4`` and ``getrusage`` tell is never less
than what the process that started this one held at the time.
"""

import io
import re
import sys
from pathlib import Path

from django.core.management import call_command


def main() -> None:
    call_command(*sys.argv[1:], stdout=io.StringIO())
    status = Path("/proc/self/status").read_text()
    print(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


if __name__ == "__main__":
    main()

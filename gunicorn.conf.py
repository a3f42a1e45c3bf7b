"""What gunicorn reads by itself, however the portal is started; the rest is on its command line."""

import gc

from gunicorn.http.errors import InvalidRequestLine, LimitRequestLine
from gunicorn.workers.gthread import ThreadWorker

# What the model of the read API allows, so that its clients meet the same limit here.
limit_request_line = 4094


class Worker(ThreadWorker):
    """Answers 400, as the model does, to a request line that is too long; gunicorn's own is 414."""

    def handle_error(self, req, client, addr, exc):
        if isinstance(exc, LimitRequestLine):
            exc = InvalidRequestLine("longer than 4094 characters")
        super().handle_error(req, client, addr, exc)


worker_class = Worker


def post_worker_init(worker):
    """What is loaded by now stays for good: the garbage collector need not walk through it again.

    Each time it does, every request of the worker waits for a tenth of a second.
    """
    gc.collect()
    gc.freeze()

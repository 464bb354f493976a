"""The web processes: one per core, each with the front (see `front`) and a few threads for pages."""

import ctypes
import gc
import logging
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels
from granian.server import MPServer

from mostrador.config import env
from mostrador.config.system import end_with_parent
from mostrador.shared.live import MOST_STREAMS_PER_PROCESS

MOST_PAGES = 1000  # asked for at the same time in one process; the front refuses earlier
SECONDS_TO_FINISH = 10  # what a page being answered gets when the server stops


def serve(application: Callable[..., Any] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C. The application is loaded once, before the processes part, and shared by them.

    Args:
        application: Another ASGI application than the product's, for benchmarks.
    """
    multiprocessing.set_start_method("fork", force=True)
    allow_many_connections()
    keep_one_heap()
    application = application or load()
    gc.collect()
    gc.freeze()  # what is loaded now stays shared memory between the processes
    server = MPServer(
        "mostrador.config.front:application",
        address=env.text("HOST", "127.0.0.1"),
        port=env.integer("PORT", default=8000),
        interface=Interfaces.ASGI,
        workers=env.integer("WEB_PROCESSES", default=os.cpu_count() or 1),
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=False,
        backpressure=MOST_STREAMS_PER_PROCESS + MOST_PAGES,  # granian's own default would end streams at 512
        workers_kill_timeout=SECONDS_TO_FINISH,
        respawn_failed_workers=True,
        log_level=LogLevels.error,  # it warns of killing processes that have just ended
    )
    server.serve(target_loader=partial(in_worker, application), wrap_loader=False)
    return 0


def allow_many_connections() -> None:
    """Raise the number of open files to what the system allows: each live page is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def load() -> Callable[..., Any]:
    """Import everything that a page needs, so that the first visitor does not wait."""
    from django.core.handlers.wsgi import WSGIHandler  # noqa: F401, PLC0415
    from django.urls import get_resolver  # noqa: PLC0415

    from mostrador.config.front import application  # noqa: PLC0415 - after the environment is complete
    from mostrador.help_centre.rules.lists import load_lists  # noqa: PLC0415 - as above

    get_resolver().reverse_dict  # noqa: B018 - imports every view
    prepare_pages()
    load_lists()
    return application


def prepare_pages() -> None:
    """Have ready what every page is drawn with: the processes share what is there before they part."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from mostrador.shared.formats import number  # noqa: PLC0415
    from mostrador.shared.markdown import render_markdown  # noqa: PLC0415
    from mostrador.shared.pages import jinja  # noqa: PLC0415

    for name in jinja().list_templates(filter_func=lambda path: "/specimens/" not in path):
        jinja().get_template(name)
    render_markdown("1. a")
    for language, _ in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext(language)
            number(1)


def keep_one_heap() -> None:
    """Ask the C library not to give each thread a heap of its own: they work in turn, and heaps never shrink."""
    if sys.platform == "linux":
        arena_max = -8  # M_ARENA_MAX in malloc.h; other C libraries than GNU's do not have it and say so
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(arena_max, 1)


def in_worker(application: Callable[..., Any]) -> Callable[..., Any]:
    """In each process: end with the parent, however it ends."""
    end_with_parent(signal.SIGTERM)
    logging.getLogger("granian").setLevel(logging.WARNING)
    return application

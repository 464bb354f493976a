"""Pages that are the same for everybody: kept rendered for a minute, answered with 304 when the reader has them."""

import functools
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

FRESH_SECONDS = 60
MOST_BYTES = 16 * 1024 * 1024  # of pages kept by one process


@dataclass(frozen=True, slots=True)
class _Kept:
    """A page as it was answered, without what is added to every answer."""

    made_at: float
    content: bytes
    headers: dict[str, str]


class _Shelf:
    """Pages by their key, the latest last. When they are more than `MOST_BYTES` the oldest go: anybody may ask for any
    number of different ones by adding to an address.
    """

    def __init__(self) -> None:
        self.pages: OrderedDict[str, _Kept] = OrderedDict()
        self.size_bytes = 0
        self.times_cleared = 0
        self.lock = threading.Lock()

    def put(self, key: str, kept: _Kept, times_cleared: int) -> None:
        """Keep a page, unless all were forgotten since it began to be drawn: it may say what was true before."""
        with self.lock:
            if times_cleared != self.times_cleared:
                return
            if before := self.pages.pop(key, None):
                self.size_bytes -= len(before.content)
            self.pages[key] = kept
            self.size_bytes += len(kept.content)
            while self.size_bytes > MOST_BYTES:
                _key, oldest = self.pages.popitem(last=False)
                self.size_bytes -= len(oldest.content)

    def clear(self) -> None:
        with self.lock:
            self.pages.clear()
            self.size_bytes = 0
            self.times_cleared += 1


# Rendered pages of this process: a copy of what the database says, at most a minute old. Other processes have theirs.
_shelf = _Shelf()


def cacheable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the answers of a public page that carries no token and reads no session be kept.

    Browsers and proxies may keep it a minute too, and then ask whether it has changed (`ETag`). What an editor
    publishes is in every web process within a second (`live.KEPT_PAGES`); whoever had the page sees it within a minute.
    """

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_cacheable = True
        return view(request, *args, **kwargs)

    return wrapper


class KeptPagesMiddleware:
    """Answer with the kept page when there is one, before anything is asked of the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            return self.get_response(request)
        key = _key(request)
        kept = _fresh(key)
        if kept is None:
            times_cleared = _shelf.times_cleared
            response = self.get_response(request)
            if not _may_be_kept(request, response):
                return response
            kept = _as_kept(response)
            _shelf.put(key, kept, times_cleared)
        return _answer(request, kept)


def forget_pages() -> None:
    """Forget every page kept by this process."""
    _shelf.clear()


def _key(request: HttpRequest) -> str:
    htmx = request.META.get("HTTP_HX_REQUEST", "")
    return f"{request.scheme}|{request.get_host()}|{request.path}|{request.META.get('QUERY_STRING', '')}|{htmx}"


def _fresh(key: str) -> _Kept | None:
    kept = _shelf.pages.get(key)
    return kept if kept and time.monotonic() - kept.made_at <= FRESH_SECONDS else None


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    is_cacheable = getattr(request, "is_cacheable", False)
    return is_cacheable and response.status_code == 200 and not response.streaming and not response.cookies


def _as_kept(response: HttpResponse) -> _Kept:
    headers = {
        **response.headers,
        "ETag": f'"{hashlib.sha256(response.content).hexdigest()[:32]}"',
        "Cache-Control": f"public, max-age={FRESH_SECONDS}",
    }
    return _Kept(time.monotonic(), response.content, headers)


def _answer(request: HttpRequest, kept: _Kept) -> HttpResponse:
    response = HttpResponse(kept.content, headers=kept.headers)
    return get_conditional_response(request, etag=kept.headers["ETag"], response=response) or response

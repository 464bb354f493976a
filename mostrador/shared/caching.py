"""Pages that are the same for everybody: kept rendered for a minute, answered with 304 when the reader has them."""

import functools
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

FRESH_SECONDS = 60
MOST_PAGES = 1000

# Rendered pages of this process: a copy of what the database says, at most a minute old. Other processes have theirs.
_pages: OrderedDict[str, tuple[float, str, HttpResponse]] = OrderedDict()
_lock = threading.Lock()


def cacheable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the answers of a public page that carries no token and reads no session.

    Browsers and proxies may keep it a minute too, and then ask whether it has changed (`ETag`). What an editor changes
    is seen by everybody within two minutes.
    """

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        request.is_cacheable = True
        if request.method != "GET":
            return view(request, *args, **kwargs)
        response = _kept(request) or _fresh(request, view, args, kwargs)
        if response.status_code != 200:
            return response
        return _conditional(request, response)

    return wrapper


def forget_pages() -> None:
    """Forget every page kept by this process."""
    with _lock:
        _pages.clear()


def _key(request: HttpRequest) -> str:
    htmx = request.headers.get("HX-Request", "")
    return f"{request.get_host()}|{request.get_full_path()}|{htmx}"


def _kept(request: HttpRequest) -> HttpResponse | None:
    with _lock:
        made_at, etag, kept = _pages.get(_key(request), (0.0, "", HttpResponse()))
        if time.monotonic() - made_at > FRESH_SECONDS or not etag:
            return None
    return _copy(kept, etag)


def _fresh(request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any) -> HttpResponse:
    response = view(request, *args, **kwargs)
    if response.status_code != 200:
        return response
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    with _lock:
        _pages[_key(request)] = (time.monotonic(), etag, response)
        _pages.move_to_end(_key(request))
        while len(_pages) > MOST_PAGES:
            _pages.popitem(last=False)
    return _copy(response, etag)


def _copy(response: HttpResponse, etag: str) -> HttpResponse:
    copy = HttpResponse(response.content, headers=dict(response.headers))
    copy["ETag"] = etag
    copy["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return copy


def _conditional(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    answer: HttpResponse = get_conditional_response(request, etag=response["ETag"], response=response)
    if answer is not response:
        answer["Cache-Control"] = response["Cache-Control"]
    return answer

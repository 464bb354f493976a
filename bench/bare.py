"""The server's own limit: the product's web processes with nothing behind them. Started by the benchmark.

`/granian` is answered at once in the event loop; `/hello` and `/page` go through the product's front and its threads to
a WSGI function that does nothing.
"""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any

from mostrador.config import env, web
from mostrador.config.front import Front, answer_plainly, make_hub
from mostrador.shared import live

PAGE = b"<!doctype html><title>15 kB</title>" + b"<p>Lorem ipsum dolor sit amet</p>\n" * 450


def nothing(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = PAGE if environ["PATH_INFO"] == "/page" else b"hello"
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def application(front: Front) -> Callable[[live.Scope, live.Receive, live.Send], Awaitable[None]]:
    async def answer(scope: live.Scope, receive: live.Receive, send: live.Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/granian":
            await answer_plainly(send, HTTPStatus.OK, b"hello")
        else:
            await front(scope, receive, send)

    return answer


if __name__ == "__main__":
    threads = env.integer("WEB_THREADS", default=4)
    front = Front(nothing, threads=threads, trusted=(), largest_body_bytes=1024, make_hub=make_hub)
    web.serve(application(front))

"""Whether a mail server is there at all, before anybody signs in."""

import socket

from mostrador.mailbox.choices import FetchProblem
from mostrador.mailbox.errors import NotReached

SECONDS = 15


def reach(host: str, port: int) -> None:
    """Find a server's address and connect to it.

    Raises:
        NotReached: It has no address or does not answer.
    """
    try:
        socket.create_connection((host, port), timeout=SECONDS).close()
    except TimeoutError as error:
        raise NotReached(FetchProblem.SILENT, str(error)) from error
    except OSError as error:
        raise NotReached(FetchProblem.UNREACHABLE, str(error)) from error

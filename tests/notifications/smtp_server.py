"""An SMTP server in a process of its own, which behaves as it is told: `python smtp_server.py DIRECTORY key=value…`.

It prints its port and keeps each message that it accepts as a file in DIRECTORY. Behaviour: `recipient=550` tells each
recipient so; `greylist=2` puts off the first two recipients; `hang=DATA` never answers that command;
`hold=FILE` does not while there is such a file; `die=DATA` hangs up instead; `password=…` asks for it;
`certificate=FILE` and `key=FILE` offer STARTTLS.
"""

import asyncio
import itertools
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class Behaviour:
    """Answers the commands of one client after another."""

    def __init__(self, directory: Path, options: dict[str, str]) -> None:
        self.directory = directory
        self.options = options
        self.put_off = int(options.get("greylist", 0))
        self.numbers = itertools.count(1)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if code := self.options.get("recipient"):
            return f"{code} 5.1.1 No such person here"
        if self.put_off:
            self.put_off -= 1
            return "451 4.7.1 Greylisted, please come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        (self.directory / f"{next(self.numbers):04}.eml").write_bytes(content)
        if self.options.get("hang") == "DATA":
            await asyncio.sleep(600)
        while (hold := self.options.get("hold")) and Path(hold).exists():
            await asyncio.sleep(0.1)
        if self.options.get("die") == "DATA" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 Taken"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.options.get("hang") == "MAIL":
            await asyncio.sleep(600)
        envelope.mail_from = address
        return "250 OK"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = data.password.decode() == self.options["password"]
        return AuthResult(success=right, handled=right)


async def serve(directory: Path, options: dict[str, str]) -> None:
    """Serve until killed."""
    behaviour = Behaviour(directory, options)
    settings: dict[str, Any] = {"hostname": "correo.example", "timeout": 600}
    if "certificate" in options:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["certificate"], options["key"])
        settings |= {"tls_context": context, "require_starttls": True}
    if "password" in options:
        settings |= {"authenticator": behaviour.authenticate, "auth_required": True, "auth_require_tls": False}
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(behaviour, **settings), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the test reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), dict(word.split("=", 1) for word in sys.argv[2:])))

"""An SMTP server in a process of its own, which behaves as it is told: `python smtp_server.py DIRECTORY key=value…`.

It prints its port and keeps each message that it accepts as a file in DIRECTORY. Behaviour: `recipient=550` tells each
recipient so; `greylist=2` puts off the first two recipients; `only=550:ana@x.example` refuses that one alone;
`at=MAIL` with `does=451`, `does=hang` or `does=die` says that, says nothing or hangs up at that stage: CONNECT, EHLO,
MAIL, RCPT, DATA, or END, when the whole message has come; `hang=DATA` never answers that command; `hold=FILE` does not
while there is such a file; `die=DATA` hangs up instead; `password=…` asks for it; `certificate=FILE` and `key=FILE`
offer STARTTLS; `letters=all` takes foreign ones in addresses (SMTPUTF8). Of each message that it accepts it also keeps
from whom and for whom, as JSON.
"""

import asyncio
import itertools
import json
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
        if self.options.get("only", "").partition(":")[2] == address:
            return f"{self.options['only'][:3]} 5.1.1 No such person here"
        if self.put_off:
            self.put_off -= 1
            return "451 4.7.1 Greylisted, please come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        content = envelope.original_content or b""
        if self.options.get("at") == "END" and (code := self.options["does"]).isdecimal():
            return f"{code} 5.6.0 As told"
        number = next(self.numbers)
        (self.directory / f"{number:04}.json").write_text(json.dumps([envelope.mail_from, envelope.rcpt_tos]))
        (self.directory / f"{number:04}.eml").write_bytes(content)
        await self.hang_or_die("END", server)
        if self.options.get("hang") == "DATA":
            await asyncio.sleep(600)
        while (hold := self.options.get("hold")) and Path(hold).exists():
            await asyncio.sleep(0.1)
        if self.options.get("die") == "DATA" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "250 Taken"

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.options.get("hang") == "MAIL":
            await asyncio.sleep(600)
        envelope.mail_from = address
        return "250 OK"

    async def hang_or_die(self, stage: str, server: SMTP) -> None:
        does = self.options.get("does") if self.options.get("at") == stage else ""
        if does == "hang":
            await asyncio.sleep(600)
        if does == "die" and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        right = data.password.decode() == self.options["password"]
        return AuthResult(success=right, handled=right)


class ToldServer(SMTP):
    """Misbehaves at one stage, where its options say so."""

    @property
    def told(self) -> Behaviour:
        behaviour: Behaviour = self.event_handler
        return behaviour

    async def misbehaves(self, stage: str) -> bool:
        await self.told.hang_or_die(stage, self)
        code = self.told.options.get("does", "") if self.told.options.get("at") == stage else ""
        if code.isdecimal():
            await super().push(f"{code} 4.3.0 As told")
        return bool(code)

    async def push(self, status: Any) -> None:
        is_greeting = str(status).startswith("220") and not getattr(self, "has_greeted", False)
        self.has_greeted = True
        if not (is_greeting and await self.misbehaves("CONNECT")):
            await super().push(status)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - the library's name
        if not await self.misbehaves("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802 - the library's name
        if not await self.misbehaves("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - the library's name
        if not await self.misbehaves("MAIL"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str) -> None:  # noqa: N802 - the library's name
        if not await self.misbehaves("RCPT"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the library's name
        if not await self.misbehaves("DATA"):
            await super().smtp_DATA(arg)


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
    if "letters" in options:
        settings |= {"enable_SMTPUTF8": True}
    server = await asyncio.get_running_loop().create_server(lambda: ToldServer(behaviour, **settings), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - the test reads it
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), dict(word.split("=", 1) for word in sys.argv[2:])))

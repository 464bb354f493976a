"""The ways to a mailbox that people choose among, and what each of them means for its server."""

from dataclasses import dataclass

from mostrador.mailbox.choices import Connection, Security, SignIn, Way

WITH_OAUTH2 = (SignIn.MICROSOFT, SignIn.GOOGLE, SignIn.OAUTH2)

# Whoever changes one of these could have a secret handed to a server of their own: it has to be typed anew.
PASSWORD_IS_OF = ("host", "port", "security", "user")
SECRET_IS_OF = ("sign_in", "oauth_token_url", "oauth_tenant", "oauth_client")


@dataclass(frozen=True)
class Preset:
    """What a choice settles. Without a host, people type it."""

    way: Way
    sign_in: SignIn
    host: str = ""
    port: int = 993
    security: Security = Security.TLS


PRESETS = {
    Connection.MICROSOFT: Preset(Way.IMAP, SignIn.MICROSOFT, "outlook.office365.com"),
    Connection.GOOGLE: Preset(Way.IMAP, SignIn.GOOGLE, "imap.gmail.com"),
    Connection.IMAP: Preset(Way.IMAP, SignIn.PASSWORD),
    Connection.POP3: Preset(Way.POP3, SignIn.PASSWORD, port=995),
    Connection.OAUTH2: Preset(Way.IMAP, SignIn.OAUTH2),
    Connection.DELIVERED: Preset(Way.DELIVERED, SignIn.PASSWORD),
}


def connection_of(way: str, sign_in: str) -> Connection:
    """Return the choice that a mailbox was made with."""
    if way == Way.DELIVERED:
        return Connection.DELIVERED
    if way == Way.POP3:
        return Connection.POP3
    by_sign_in = {
        SignIn.MICROSOFT: Connection.MICROSOFT,
        SignIn.GOOGLE: Connection.GOOGLE,
        SignIn.OAUTH2: Connection.OAUTH2,
    }
    return by_sign_in.get(SignIn(sign_in), Connection.IMAP)

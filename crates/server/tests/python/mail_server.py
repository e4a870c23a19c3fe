"""A mail server for the tests: says its port, then each thing that happens as a line of JSON.

mail_server.py (starttls|tls|none) CERTIFICATE KEY LATER

The first LATER recipients are put off (451), "nobody@" is refused for good (550), and with TLS a
login as "shop" with "secret" is demanded.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


def say(**what):
    print(json.dumps(what), flush=True)


class Box:
    def __init__(self, later, tls):
        self.later = later
        self.tls = tls

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            say(did="refused", to=address)
            return "550 5.1.1 no mailbox " + address
        if self.later > 0:
            self.later -= 1
            say(did="later", to=address)
            return "451 4.3.0 try again, " + address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(
            did="taken",
            sender=envelope.mail_from,
            to=envelope.rcpt_tos,
            tls=self.tls or session.ssl is not None,
            login=session.authenticated,
            text=envelope.content.decode(),
        )
        return "250 OK"


def check(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword)
    right = right and (data.login, data.password) == (b"shop", b"secret")
    return AuthResult(success=right)


async def main():
    mode, certificate, key, later = sys.argv[1:]
    context = None
    if mode != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    box = Box(int(later), mode == "tls")

    def session():
        if mode == "none":
            return SMTP(box, loop=loop)
        if mode == "tls":
            return SMTP(
                box,
                loop=loop,
                authenticator=check,
                auth_required=True,
                auth_require_tls=False,
            )
        return SMTP(
            box,
            loop=loop,
            tls_context=context,
            require_starttls=True,
            authenticator=check,
            auth_required=True,
        )

    wrapped = context if mode == "tls" else None
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=wrapped)
    say(did="listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())

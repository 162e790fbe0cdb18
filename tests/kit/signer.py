"""Stands for user-service where only its signature matters."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from chassis.tokens import ALGORITHM, AUDIENCE, ISSUER


@dataclass
class Signer:
    """Stands for user-service: signs tokens and publishes the public keys by HTTP."""

    jwks_url: str
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first"}))
    published: list[ECKey] = field(default_factory=list)
    asked: int = 0

    def token(self, name: str, *, roles: tuple[str, ...] = (), key: ECKey | None = None, **claims: Any) -> str:
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": AUDIENCE, "sub": name, "roles": list(roles), "iat": now, "exp": now + 60}
        key = key or self.key
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "at+jwt"}, {**usual, **claims}, key)

    def headers(self, name: str, **options: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(name, **options)}"}


@contextmanager
def running_signer() -> Iterator[Signer]:
    """Sign with one key, and publish it by HTTP for as long as a block lasts."""

    class PublicKeys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there.asked += 1
            body = json.dumps(KeySet(list(there.published)).as_dict(private=False)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), PublicKeys)
    there = Signer(f"http://127.0.0.1:{server.server_port}/.well-known/jwks.json")
    there.published.append(there.key)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()  # looks for its end so often
    yield there
    server.shutdown()
    server.server_close()

"""A tiny OpenID Connect provider, a process of its own: whoever comes is who it was told last.

It is strict in what it takes (client, secret, redirect, PKCE); what it gives, a test can spoil.
"""

import base64
import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "rollcall", "the client's secret"
CALLBACK = "http://testserver/login/sso/back/"


class Provider:
    """A running provider, as tests see it."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"

    def tell(self, **claims: Any) -> None:
        """Who comes next; `token` spoils what the token says, `wrong_key` signs it by another."""
        httpx.post(f"{self.issuer}/tell", json=claims).raise_for_status()


@contextmanager
def running() -> Iterator[Provider]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services.oidc_provider"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Provider(int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


class _Handler(BaseHTTPRequestHandler):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    claims: dict[str, Any] = {}
    asked: dict[str, dict[str, str]] = {}

    @property
    def issuer(self) -> str:
        assert isinstance(self.server, ThreadingHTTPServer)
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if path == "/.well-known/openid-configuration":
            names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
            addresses = {f"{name}_endpoint": f"{self.issuer}/{at}" for name, at in names.items()}
            self._json({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"} | addresses)
        elif path == "/authorize":
            asked = {name: values[0] for name, values in query.items()}
            assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, CALLBACK)
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe()
            self.asked[code] = asked
            answer = urlencode({"code": code, "state": asked["state"]})
            self.send_response(302)
            self.send_header("location", f"{asked['redirect_uri']}?{answer}")
            self.end_headers()
        elif path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            self._json({"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]})
        elif path == "/userinfo" and self.headers["authorization"] == "Bearer access":
            self._json({"sub": "1"} | self.claims.get("info", self.claims))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.path == "/tell":
            type(self).claims = json.loads(body)
            self._json({})
            return
        given = {name: values[0] for name, values in parse_qs(body).items()}
        asked = self.asked.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not asked or given["client_secret"] != SECRET or asked["code_challenge"] != challenge:
            self.send_error(400)
            return
        self._json({"access_token": "access", "id_token": self._token(asked["nonce"])})

    def _token(self, nonce: str) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "sub": "1", "nonce": nonce}
        said |= {"iat": now, "exp": now + 60} | self.claims.get("token", {})
        key = self.key
        if self.claims.get("wrong_key"):
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return jwt.encode(said, key, "RS256", headers={"kid": "1"})

    def _json(self, answer: Any) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_args: Any) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()

"""
A service that has persons sign in with Mandat: the whole of it, in one file, with PyJWT alone.

    mandat demo service > service.json          # issuer, client_id and a new client_secret of the demonstration
    var/venv/bin/python docs/operate/openid_example.py service.json     # then open http://localhost:9000/

It is an example: it keeps its sessions in memory and speaks to one issuer. Real services use a maintained library.
"""

import base64
import hashlib
import json
import secrets
import sys
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from urllib.request import Request, urlopen

import jwt

HERE = "http://localhost:9000"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
known = json.loads(Path(sys.argv[1]).read_text())
#: What a browser asked for, by its cookie; who is in, by their cookie; words already heard.
asked: dict[str, dict[str, str]] = {}
inside: dict[str, dict[str, object]] = {}
heard: set[str] = set()


def fetch(address: str, form: dict[str, str] | None = None, **headers: str) -> dict[str, object]:
    request = Request(address, data=urlencode(form).encode() if form else None, headers=headers)
    with urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def metadata() -> dict[str, str]:
    told = fetch(f"{known['issuer']}/.well-known/openid-configuration")
    if told["issuer"] != known["issuer"]:
        raise ValueError("another issuer answers")
    return told


def verified(token: str) -> dict[str, object]:
    """Verify what the issuer signed, with the keys that it publishes."""
    keys = jwt.PyJWKClient(metadata()["jwks_uri"]).get_signing_key_from_jwt(token)
    return jwt.decode(token, keys, algorithms=["RS256"], audience=known["client_id"], issuer=known["issuer"])


def begin() -> tuple[str, str]:
    """Return where to send the person, and the cookie that their browser keeps meanwhile."""
    mine = {name: secrets.token_urlsafe(48) for name in ("state", "nonce", "verifier")}
    cookie = secrets.token_urlsafe(16)
    asked[cookie] = mine
    challenge = base64.urlsafe_b64encode(hashlib.sha256(mine["verifier"].encode()).digest()).rstrip(b"=").decode()
    request = {
        "client_id": known["client_id"], "redirect_uri": f"{HERE}/retour", "response_type": "code",
        "scope": "openid profile email enterprise", "state": mine["state"], "nonce": mine["nonce"],
        "code_challenge": challenge, "code_challenge_method": "S256", "ui_locales": "fr-CA",
    }  # fmt: skip
    return f"{metadata()['authorization_endpoint']}?{urlencode(request)}", cookie


def finish(cookie: str, answer: dict[str, str]) -> str:
    """Redeem the code that the person came back with; return the cookie of whoever is now in."""
    mine, server = asked.pop(cookie), metadata()
    if answer.get("iss") != known["issuer"] or answer.get("state") != mine["state"] or "code" not in answer:
        raise ValueError(answer.get("error", "the answer is not for this browser"))
    basic = base64.b64encode(f"{quote(known['client_id'])}:{quote(known['client_secret'])}".encode()).decode()
    form = {
        "grant_type": "authorization_code", "code": answer["code"], "redirect_uri": f"{HERE}/retour",
        "code_verifier": mine["verifier"],
    }  # fmt: skip
    tokens = fetch(server["token_endpoint"], form, Authorization=f"Basic {basic}")
    claims = verified(str(tokens["id_token"]))
    if claims["nonce"] != mine["nonce"]:
        raise ValueError("the token is not for this browser")
    told = fetch(server["userinfo_endpoint"], Authorization=f"Bearer {tokens['access_token']}")
    if told["sub"] != claims["sub"]:
        raise ValueError("the claims are of another person")
    inside[entered := secrets.token_urlsafe(16)] = {"claims": claims, "told": told, "hint": tokens["id_token"]}
    return entered


def hear(token: str) -> None:
    """Put out whoever was in by a session that the issuer says has ended."""
    word = verified(token)
    if LOGOUT not in word["events"] or "nonce" in word or word["jti"] in heard:
        raise ValueError("not a word of logout, or heard before")
    heard.add(word["jti"])
    for cookie in [each for each, who in inside.items() if who["claims"]["sid"] == word["sid"]]:
        del inside[cookie]


class Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("exemple")
        mine = cookie.value if cookie else ""
        try:
            if parts.path == "/entrer":
                address, kept = begin()
                return self.send(303, Location=address, cookie=kept)
            if parts.path == "/retour":
                given = {name: values[0] for name, values in parse_qs(parts.query).items()}
                return self.send(303, Location="/", cookie=finish(mine, given))
            if parts.path == "/sortir" and mine in inside:
                form = {"id_token_hint": inside.pop(mine)["hint"], "post_logout_redirect_uri": f"{HERE}/"}
                return self.send(303, Location=f"{metadata()['end_session_endpoint']}?{urlencode(form)}")
        except (ValueError, KeyError, jwt.PyJWTError) as refused:
            return self.send(400, f"<p>{escape(str(refused))}</p><a href='/'>Recommencer</a>")
        if mine in inside:
            facts = escape(json.dumps(inside[mine] | {"hint": "…"}, indent=1, ensure_ascii=False))
            return self.send(200, f"<h1>Entré</h1><pre>{facts}</pre><a href='/sortir'>Sortir</a>")
        return self.send(200, "<h1>Agence exemple</h1><a href='/entrer'>Entrer par Mandat</a>")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            hear(parse_qs(body)["logout_token"][0])
        except (ValueError, KeyError, jwt.PyJWTError):
            return self.send(400)
        return self.send(200)

    def send(self, status: int, body: str = "", *, cookie: str = "", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if cookie:
            self.send_header("Set-Cookie", f"exemple={cookie}; HttpOnly; SameSite=Lax; Path=/")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("localhost", 9000), Service).serve_forever()

"""Forged and strange id_tokens of Slack's (C6), signed with real keys: nobody is believed to be somebody else."""

import base64
import gc
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization

from countersign.adapters.bounded import Limits
from countersign.adapters.http import HardenedHttp
from countersign.domain.errors import CountersignError
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.openid import IdTokenClaims
from countersign.domain.secret import Secret
from tests.support.hostile_strings import HOSTILE
from tests.support.openid_provider import CLIENT_ID, ISSUER, Key, Provider
from tests.support.scripted_server import serve
from tests.support.sign_in_world import Ticking
from tests.torture.hostile.judge import CPU_SECONDS, Verdicts
from tests.torture.hostile.mutation import Mutator
from tests.torture.measure import Share

REDIRECT: Final = "https://api.example.com/prod/oauth/slack/callback"
NONCE: Final = "n" * 64
USER: Final = "https://slack.com/user_id"
TEAM: Final = "https://slack.com/team_id"
HONESTLY: Final = 0.1
"""How often the token is a good one, which must be believed."""
HOUR: Final = 3_600
GONE: Final = object()
LOOK_ALIKES: Final = (
    "u0josie",
    "U0J\u041eSIE",
    "U0JOSIE\u200b",
    "U0JOSIE ",
    "U0JOSIE\x00",
    "U0TOM",
    "\uff35\uff10JOSIE",
)
ODD: Final[tuple[Any, ...]] = (GONE, None, "", 7, True, [], {}, ["x"], {"x": 1}, 1.5, -1)

UNSHOWN: Final = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

type Claims = Mapping[str, Any]


class Forger:
    """Takes the good claims, and gives the token that Slack is to have sent."""

    def __init__(self, mutator: Mutator, key: Key, other: Key) -> None:
        self.mutator, self.chance, self.key, self.other = mutator, mutator.chance, key, other
        public = key.private.public_key()
        pem = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public = (public.public_bytes(*pem), public.public_bytes(*der), json.dumps(key.public).encode(), b"")
        self.how, self.user = "", "U0JOSIE"

    def __call__(self, claims: Claims) -> Any:
        """One token; ``how`` says which, and is empty where it is a good one."""
        if self.chance.random() < HONESTLY:
            self.how = ""
            return self._signed(self._harmless(claims))
        forge: Callable[[Claims], Any] = self.chance.choice(
            (self._claims, self._claims, self._header, self._mac, self._form)
        )
        return forge(claims)

    def _harmless(self, claims: Claims) -> Claims:
        """What a good token may hold besides, or lack."""
        value = self.chance.choice(
            (self.chance.choice((*ODD, *HOSTILE)), "josie@acme.com\ud800", "\u202ejosie@acme.com")
        )
        name = self.chance.choice(
            ("email", "name", "https://slack.com/team_name", "auth_time", "email_verified", "more")
        )
        return _with(claims, name, value)

    def _claims(self, claims: Claims) -> str:
        """Signed as it should be, and not for us, not now, or not of her."""
        now, user = claims["iat"], claims["sub"]
        name, values = self.chance.choice(
            (
                (
                    "iss",
                    (
                        *ODD,
                        f"{ISSUER}/",
                        "http://slack.com",
                        "https://slack.com.evil.example",
                        "https://sl\u0430ck.com",
                    ),
                ),
                ("aud", (*ODD, "another", [CLIENT_ID, "another"], f"{CLIENT_ID} ", [[CLIENT_ID]], {CLIENT_ID: 1})),
                ("azp", (None, "", "another", [CLIENT_ID], 7)),
                ("nonce", (*ODD, "f" * 64, [NONCE], NONCE.upper(), NONCE[:-1])),
                ("exp", (GONE, None, "", [], {}, True, str(now + 300), 1.5, 0, -1, now - HOUR, float(now + 300))),
                ("iat", (GONE, None, "", [], {}, True, str(now), now + HOUR, 10**30)),
                ("sub", (*ODD, *LOOK_ALIKES)),
                (USER, (*ODD, *LOOK_ALIKES)),
                (TEAM, (GONE, None, "", 7, True, [], {}, ["T0ACME"])),
            )
        )
        self.how = f"claim {name}"
        changed = _with(claims, name, self.chance.choice(values))
        return self._signed(changed) if changed.get("sub") != user or changed != claims else self._claims(claims)

    def _header(self, claims: Claims) -> str:
        """Signed with another key, another algorithm, or under a header that wants to choose."""
        key, headers = self.chance.choice(
            (
                (self.other, {"kid": self.key.key_id}),
                (self.other, {"kid": self.other.key_id}),
                (self.other, {"kid": self.key.key_id, "jwk": self.other.public}),
                (self.other, {"kid": self.key.key_id, "jku": "http://127.0.0.1:9/keys", "x5u": "http://127.0.0.1:9/"}),
                (self.other, {"kid": self.chance.choice(("../../dev/null", "' OR 1=1", "\x00", "x" * 5_000))}),
            )
        )
        self.how = f"header {sorted(headers)}"
        return self._signed(claims, key, headers, self.chance.choice(("RS256", "RS384", "RS512", "PS256")))

    def _mac(self, claims: Claims) -> str:
        """No signature, or one that anybody could make."""
        alg = self.chance.choice(("none", "None", "nOnE", "", "HS256", "HS384", "HS512"))
        content = f"{_part({'alg': alg, 'typ': 'JWT', 'kid': self.key.key_id})}.{_part(claims)}"
        digest = hashlib.new(f"sha{alg[2:]}" if alg.startswith("HS") else "sha256").name
        mac = hmac.new(self.chance.choice(self.public), content.encode(), digest).digest()
        self.how = f"alg {alg!r}"
        return f"{content}.{self.chance.choice((_encoded(mac), '')) if not alg.startswith('HS') else _encoded(mac)}"

    def _form(self, claims: Claims) -> Any:
        """Something else than the three parts that were signed."""
        token = self._signed(claims)
        header, body, signature = token.split(".")
        odd = [header, _part({**claims, "sub": "U0TOM", USER: "U0TOM"}), signature]
        spot = self.chance.randrange(len(token))
        self.how = "form"
        return self.chance.choice(
            (
                ".".join(odd),
                f"{header}.{body}.",
                f"{header}.{body}",
                f"{token}.{token}",
                token[:-20],
                f"{header}.{body}.{_encoded(self.chance.randbytes(256))}",
                self._signed({"id_token": token}),
                ".".join((_part({"alg": "RSA-OAEP", "enc": "A256GCM"}), "", "", body, "")),
                {"protected": header, "payload": body, "signature": signature},
                token[:spot] + "\u00e9" + token[spot + 1 :],
                "." * self.chance.randrange(6),
                "x" * 900_000,
                *ODD[1:],
            )
        )

    def _signed(
        self, claims: Claims, key: Key | None = None, headers: dict[str, Any] | None = None, algorithm: str = "RS256"
    ) -> str:
        key = key or self.key
        text = json.dumps(claims).encode()
        return jwt.api_jws.encode(text, key.private, algorithm, {"typ": "JWT", **(headers or {"kid": key.key_id})})


def attack_id_tokens(share: Share) -> Verdicts:
    """So many tokens at the real client, with a provider on loopback."""
    verdicts, mutator = Verdicts(), Mutator(share.seed)
    forger = Forger(mutator, Key("key-1"), Key("key-2"))
    http = HardenedHttp(LocalHosts(), local=True, limits=Limits(2, 2, 3))
    with serve() as server:
        provider = Provider(server, Ticking(), forger.key, forge=forger)
        client = provider.client(http)
        for number in range(share.count):
            verdicts.classes["C6"] += 1
            query = provider.sign_in(client.authorization_url(REDIRECT, "s" * 64, NONCE, "T0ACME"), "U0JOSIE")
            gc.disable()
            begun, found = time.thread_time(), None
            try:
                found = client.identify(Secret(query["code"]), REDIRECT, NONCE, organisation=False)
            except CountersignError as error:
                found = error
            except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
                verdicts.uncaught += 1
                verdicts.fault(
                    f"seed {share.seed}, token {number} ({forger.how}): {type(error).__name__}: {error}"[:300]
                )
                continue
            finally:
                took = time.thread_time() - begun
                gc.enable()
            for fault in _faults(found, forger.how, took):
                verdicts.fault(f"seed {share.seed}, token {number} ({forger.how or 'good'}): {fault}")
    return verdicts


def _faults(found: IdTokenClaims | CountersignError, how: str, took: float) -> list[str]:
    faults = [f"{took * 1000:.0f} ms on the processor"] if took > CPU_SECONDS else []
    if isinstance(found, CountersignError):
        return faults + ([] if how else [f"not believed: {found}"])
    if how or (found.user_id, found.workspace) != ("U0JOSIE", "T0ACME"):
        faults.append(f"believed: {found}")
    texts = [text for text in (found.email, found.name, found.workspace_name) if text is not None]
    return faults + [f"{text!r} is no text to show and store" for text in texts if UNSHOWN.search(text)]


def _with(claims: Claims, name: str, value: Any) -> Claims:
    left = {key: one for key, one in claims.items() if key != name}
    return left if value is GONE else {**left, name: value}


def _part(value: Any) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

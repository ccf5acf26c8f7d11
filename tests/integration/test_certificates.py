"""Every way out to apps and to Slack speaks only to a server whose certificate is good: else nothing is sent at all."""

import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from countersign.adapters.http import HardenedHttp
from countersign.adapters.oauth_http import OAuthHttp
from countersign.adapters.slack.web_api import WebApi
from countersign.domain.errors import AppUnavailable, ChatUnavailable
from countersign.domain.http import HttpRequest
from countersign.domain.local_hosts import LocalHosts
from countersign.domain.oauth import ClientCredentials
from countersign.domain.secret import Secret
from tests.support.shipped_catalog import SETTINGS, shipped

HOST: Final = "acme.service-now.com"
NOW: Final = datetime.now(UTC)
ANSWER: Final = {"ok": True, "access_token": "at", "token_type": "Bearer", "refresh_token": "rt", "expires_in": 1800}

SIGNING: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass
class Authority:
    """Signs certificates; whoever trusts ``path`` trusts it."""

    path: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test's own authority")])
        constraint = x509.BasicConstraints(ca=True, path_length=None)
        own = self._builder(self.name, NOW + timedelta(days=1)).add_extension(constraint, critical=True)
        self.path.write_bytes(self._signed(own.add_extension(SIGNING, critical=True), self.key))

    def certificate(self, folder: Path, address: str, ends: datetime) -> Path:
        """A certificate and its key in one file."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        theirs = self._builder(x509.Name([]), ends).add_extension(named, critical=True)
        written = folder / "server.pem"
        pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        written.write_bytes(self._signed(theirs, key) + key.private_bytes(*pem))
        return written

    def _builder(self, subject: x509.Name, ends: datetime) -> x509.CertificateBuilder:
        built = x509.CertificateBuilder().issuer_name(self.name).subject_name(subject)
        built = built.serial_number(x509.random_serial_number())
        return built.not_valid_before(NOW - timedelta(days=9)).not_valid_after(ends)

    def _signed(self, built: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> bytes:
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        built = built.public_key(key.public_key()).add_extension(identifier, critical=False)
        subject = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        signed = built.add_extension(subject, critical=False).sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM)


class Answering(BaseHTTPRequestHandler):
    """Answers everything alike, and keeps what it was sent."""

    received: list[str]

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


@contextmanager
def https(certificate: Path) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that shows the certificate: its address, and the bodies that it gets to read."""
    received: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Answering,), {"received": received}))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None  # type: ignore[method-assign] # who refuses a certificate hangs up
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        server.server_close()


def call_an_app(url: str) -> Any:
    http = HardenedHttp(LocalHosts({HOST: url}), local=True)
    return http.send(HttpRequest("POST", f"https://{HOST}/act", json={"secret": "s3cr3t"}), [HOST]).status


def exchange_a_code(url: str) -> Any:
    stand_ins = LocalHosts({HOST: url})
    http = HardenedHttp(stand_ins, local=True)
    client = ClientCredentials("our-id", (Secret("our-secret"),))
    oauth = OAuthHttp(http, SETTINGS.__getitem__, lambda _: client, stand_ins, lambda: 0, local=True)
    app = shipped().apps["servicenow"]
    return oauth.exchange(app, Secret("the code"), "https://x/cb", "v" * 64).access_token.reveal()


def call_slack(url: str) -> Any:
    return WebApi(f"{url}/api/", lambda _: Secret("xoxb-1")).call(lambda client: client.auth_test())["ok"]


WAYS_OUT: Final[list[tuple[Callable[[str], Any], Any]]] = [
    (call_an_app, 200),
    (exchange_a_code, "at"),
    (call_slack, True),
]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """One that this process trusts, as it trusts the authorities of the web."""
    made = Authority(tmp_path / "authority.pem")
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(made.path))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    # urllib keeps its first opener, and with it the authorities that it knew then.
    monkeypatch.setattr("urllib.request._opener", None)
    return made


@pytest.mark.parametrize(("way_out", "got"), WAYS_OUT)
def test_a_server_with_a_good_certificate_is_spoken_to(
    authority: Authority, tmp_path: Path, way_out: Callable[[str], Any], got: Any
) -> None:
    with https(authority.certificate(tmp_path, "127.0.0.1", NOW + timedelta(days=1))) as (url, received):
        assert way_out(url) == got
    assert len(received) == 1


@pytest.mark.parametrize("way_out", [way_out for way_out, _ in WAYS_OUT])
@pytest.mark.parametrize("wrong", ["nobody trusts it", "it is another server's", "it is over"])
def test_no_other_server_gets_a_single_byte_of_a_request(
    authority: Authority, tmp_path: Path, way_out: Callable[[str], Any], wrong: str
) -> None:
    signing = Authority(tmp_path / "stranger.pem") if wrong == "nobody trusts it" else authority
    address = "127.0.0.2" if wrong == "it is another server's" else "127.0.0.1"
    ends = NOW + timedelta(days=-1 if wrong == "it is over" else 1)
    with https(signing.certificate(tmp_path, address, ends)) as (url, received):
        with pytest.raises((AppUnavailable, ChatUnavailable)):
            way_out(url)
        assert received == []

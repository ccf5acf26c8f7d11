"""Which addresses may be called or linked to: only the hosts that an app file declares, over https."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from countersign.domain.catalog import App
from countersign.domain.errors import ConfigurationError, HostNotAllowed

_SETTING: Final = re.compile(r"\$\{settings\.([A-Za-z0-9_]+)\}")
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")
_URL: Final = re.compile(r"[!-\[\]-~]+")  # printable ASCII, no space and no backslash: parsers disagree about those
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


def fill_settings(app: App, template: str, settings: Mapping[str, str]) -> str:
    """An app file's ``${settings.x}`` filled in. Raises ConfigurationError for one that is missing or malformed."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        filled, pattern = settings.get(name, ""), app.settings.get(name)
        if pattern is None or not filled or not re.fullmatch(pattern, filled):
            raise ConfigurationError(f"the setting {app.id}.{name} is missing or not what the app file allows")
        return filled

    return _SETTING.sub(value, template)


def allowed_hosts(app: App, settings: Mapping[str, str]) -> tuple[str, ...]:
    """Patterns of every host that may be called for ``app``. Raises ConfigurationError for a missing setting."""
    return tuple(fill_settings(app, host, settings).lower() for host in app.hosts)


def host_allowed(host: str, patterns: Sequence[str]) -> bool:
    """Whether ``host`` (``name`` or ``name:port``) is one of ``patterns``.

    A pattern is a host, with a port where it isn't the usual one, or ``*.`` and a domain for everything below it (never
    the domain itself). An IP address has to be named exactly.
    """
    name = host.lower().removesuffix(".")
    if not _HOST.fullmatch(name):
        return False
    if _is_address(name.partition(":")[0]):
        return name in patterns
    return any(
        name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
        for pattern in (pattern.lower() for pattern in patterns)
    )


def require_allowed(url: str, patterns: Sequence[str], *, local: bool) -> None:
    """Refuse every address but https to an allowed host; http to loopback passes where the stack is ``local``.

    Raises HostNotAllowed: also for credentials in the address, IP addresses, and characters that parsers disagree on.
    """
    parts = _split(url)
    plain = parts.scheme == "http" and local and is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not plain:
        raise HostNotAllowed(f"{parts.scheme or 'no scheme'}: only https is called")
    if _is_address(parts.hostname or "") and not (local and is_loopback(parts.hostname or "")):
        raise HostNotAllowed("an IP address is no host of an app")
    if not host_allowed(_with_port(parts), patterns):
        raise HostNotAllowed(f"{(parts.hostname or '')[:100]} is not among the app's hosts")


def host_of(url: str) -> str:
    """Host of an address of our own settings, with its port where it isn't the usual one: a pattern for it."""
    return _with_port(_split(url)).lower()


def is_loopback(hostname: str) -> bool:
    """Whether a host name is this machine by its name alone (RFC 6761 §6.3 for ``*.localhost``)."""
    name = hostname.lower().removesuffix(".")
    return name in {"localhost", "127.0.0.1"} or name.endswith(".localhost")


def _split(url: str) -> SplitResult:
    if not _URL.fullmatch(url):
        raise HostNotAllowed("an address with characters that don't belong there")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise HostNotAllowed("an address that can't be read") from None
    if not parts.hostname or "@" in parts.netloc:
        raise HostNotAllowed("an address without a host, or with credentials")
    return parts


def _with_port(parts: SplitResult) -> str:
    name = (parts.hostname or "").removesuffix(".")
    return name if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{name}:{parts.port}"


def _is_address(name: str) -> bool:
    """An IP address in any notation that a resolver would take: dotted, IPv6, or one bare number."""
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+))*", name.lower()) is not None
    return True

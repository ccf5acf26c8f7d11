"""Which of a vendor's hosts a request was meant for, though one app stands in for all of them."""

from flask import request

from sandbox.apps.description import AppDescription
from sandbox.apps.state import current


def local_name(description: AppDescription, host: str) -> str:
    """The `*.localhost` name under which the sandbox answers for the vendor's `host`: the first has the app's own."""
    own = f"{description.app_id}.localhost"
    return own if host == description.hosts[0] else f"{host.replace('.', '-')}.{own}"


def local_names(description: AppDescription) -> dict[str, str]:
    """Vendor's host → local name."""
    return {host: local_name(description, host) for host in description.hosts}


def vendor_host() -> str | None:
    """The vendor's host of this request, or None when it came by an address that tells nothing (127.0.0.1)."""
    name = request.host.partition(":")[0].lower()
    names = local_names(current().description)
    return next((host for host, local in names.items() if name in {host, local}), None)


def meant_for(host: str | None) -> bool:
    """Whether this request may have been meant for `host`; None is any."""
    return host is None or vendor_host() in {None, host}

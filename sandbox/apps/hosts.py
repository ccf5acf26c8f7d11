"""Which of a vendor's hosts a request was meant for, though one app stands in for all of them."""

from flask import request

from sandbox.apps.description import AppDescription
from sandbox.apps.state import current


def local_name(description: AppDescription, host: str) -> str:
    """The `*.localhost` name under which the sandbox answers for the vendor's `host`."""
    return local_names(description)[host]


def local_names(description: AppDescription) -> dict[str, str]:
    """Vendor's host → local name: the first has the app's own, others their first label before it (`api.github`)."""
    first, *others = description.hosts
    own, labels = f"{site(description.app_id)}.localhost", [host.partition(".")[0] for host in others]
    unique = [
        label if labels.count(label) == 1 else host.replace(".", "-")
        for host, label in zip(others, labels, strict=True)
    ]
    return {first: own} | {host: f"{name}.{own}" for host, name in zip(others, unique, strict=True)}


def site(app_id: str) -> str:
    """An app's id as a label of a host name, which takes no underscore (RFC 1123 section 2.1)."""
    return app_id.replace("_", "-")


def vendor_host() -> str | None:
    """The vendor's host of this request, or None when it came by an address that tells nothing (127.0.0.1)."""
    name = request.host.partition(":")[0].lower()
    names = local_names(current().description)
    return next((host for host, local in names.items() if name in {host, local}), None)


def meant_for(host: str | None) -> bool:
    """Whether this request may have been meant for `host`; None is any."""
    return host is None or vendor_host() in {None, host}

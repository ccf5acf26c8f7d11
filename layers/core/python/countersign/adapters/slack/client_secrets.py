"""Our Slack app's client, of which one secret may be being exchanged for another."""

from collections.abc import Callable, Mapping

from countersign.domain.errors import ConfigurationError
from countersign.domain.oauth import ClientCredentials


def with_each_secret[T](credentials: ClientCredentials, call: Callable[[Mapping[str, str]], T]) -> T:
    """``call`` with the client's form fields, once per secret until Slack knows it.

    Raises ConfigurationError when it knows none, and at once whatever else ``call`` raises.
    """
    refused = ConfigurationError("the Slack app has no client secret")
    for secret in credentials.secrets:
        try:
            return call({"client_id": credentials.client_id, "client_secret": secret.reveal()})
        except ConfigurationError as error:
            refused = error
    raise refused

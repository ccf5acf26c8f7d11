"""One tree of errors. Each says what happened (for logs) and what to tell the person.

What comes of one is for whoever catches it to say: an answer, a wait, another delivery by the queue.
"""

from collections.abc import Sequence


class CountersignError(Exception):
    """Any failure Countersign foresees.

    ``code`` is stable (logs, metrics); ``user_message`` is safe for anyone; ``str(error)`` is for the operator
    and never holds a secret.
    """

    code = "error"
    user_message = "Something went wrong. Nothing was done."

    def __init__(self, detail: str = "", *, user_message: str | None = None) -> None:
        super().__init__(detail or self.user_message)
        if user_message is not None:
            self.user_message = user_message


class ConfigurationError(CountersignError):
    """A setting or secret is missing or wrong. Fail closed; the operator must act."""

    code = "configuration"
    user_message = "Countersign isn't set up completely. Please tell the person who runs it."


class Unverified(CountersignError):
    """A request could not be proved to come from whom it says. Nothing of it may be used."""

    code = "unverified"
    user_message = "This request could not be verified."


class Malformed(CountersignError):
    """A verified request has a shape that nobody sends."""

    code = "malformed"
    user_message = "Countersign did not understand this request."


class TooLarge(CountersignError):
    """A request or an answer is larger than anything legitimate."""

    code = "too_large"
    user_message = "This was too large to handle."


class NotFound(CountersignError):
    """A recipe, app, card, connection or sign-in that does not exist (or not for this person)."""

    code = "not_found"
    user_message = "Countersign does not know this any more."


class Refused(CountersignError):
    """The person may not do this here, by the rules of the workspace or recipe."""

    code = "refused"


class StoreUnavailable(CountersignError):
    """The database, queue or key service did not answer. Nothing is known to have been written."""

    code = "store_unavailable"
    user_message = "Countersign could not reach its own storage. Please try again in a minute."


class Unreadable(CountersignError):
    """A stored row lacks something, or holds what this version does not know. Nothing of it is used; a person looks."""

    code = "unreadable"
    user_message = (
        "Countersign can't read something that it stored for this, so it stopped there. "
        "Please tell the person who runs Countersign."
    )


class ChatUnavailable(CountersignError):
    """The chat service did not take a message. ``retry_after`` in seconds where it named one."""

    code = "chat_unavailable"

    def __init__(self, detail: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class ChatRefused(CountersignError):
    """The chat service will never take this message. ``reason`` is its own error name."""

    code = "chat_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"chat refused: {reason}")
        self.reason = reason


class FormClosed(ChatRefused):
    """A form that its person closed or sent meanwhile, or that shows something newer: nobody waits for this."""

    code = "form_closed"


class AppError(CountersignError):
    """Anything that goes wrong between us and a business app."""

    code = "app"


class AppUnavailable(AppError):
    """The app (or its authorization server) did not give a usable answer: timeout, 429, 5xx, not what it says.

    ``sent`` says whether the request may have reached the app.
    """

    code = "app_unavailable"

    def __init__(self, detail: str = "", *, sent: bool = True, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.sent = sent
        self.retry_after = retry_after


class HostNotAllowed(AppError):
    """An address outside what the app file declares. No connection was made."""

    code = "host_not_allowed"


class InvalidGrant(AppError):
    """The refresh token or code is no good any more (RFC 6749 §5.2). Only a new sign-in helps."""

    code = "invalid_grant"


class InvalidClient(AppError):
    """The app does not accept our client credentials (RFC 6749 §5.2): the operator's matter, no person's."""

    code = "invalid_client"
    user_message = "The app did not accept Countersign's own credentials. Please tell the person who runs Countersign."


class TokenRejected(AppError):
    """The app answered 401 to a token that should be good."""

    code = "token_rejected"


class SignInNeeded(AppError):
    """The person has no usable connection to ``app``. Only a sign-in helps; ``then``: apps that need one after it.

    ``since`` (epoch seconds): one that was made earlier is there, and too old for what is to be done; or, with
    ``unfit``, of an account that may not be used there: a sentence that says which one may.
    """

    code = "sign_in_needed"

    def __init__(
        self, app: str, detail: str = "", *, then: Sequence[str] = (), since: int | None = None, unfit: str = ""
    ) -> None:
        super().__init__(detail or f"{app}: no usable connection")
        self.app = app
        self.then = tuple(then)
        self.since = since
        self.unfit = unfit


class PermissionNeeded(AppError):
    """The connection to ``app`` was made without a scope that the recipe's step at place ``step`` needs."""

    code = "permission_needed"

    def __init__(self, app: str, step: int) -> None:
        super().__init__(f"{app}: a scope was not granted")
        self.step = step


class AppPaused(CountersignError):
    """An admin paused ``app``: nothing is done in it until it is resumed."""

    code = "app_paused"

    def __init__(self, app: str) -> None:
        super().__init__(f"{app}: paused")
        self.app = app


class NoSites(AppError):
    """The app signed the person in, and names no place there that they could work in."""

    code = "no_sites"


class SealBroken(CountersignError):
    """Sealed tokens do not open for the row they stand in: moved, rolled back or damaged. Never used."""

    code = "seal_broken"


class Conflict(CountersignError):
    """A conditional write lost: somebody else changed the row first."""

    code = "conflict"


class LeaseBusy(CountersignError):
    """Another worker is refreshing this connection; hand the message back and try again shortly."""

    code = "lease_busy"

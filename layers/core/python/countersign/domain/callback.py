"""Reads what an authorization server's redirect brings back (RFC 6749 §4.1.2, RFC 9207)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from countersign.domain.errors import Malformed
from countersign.domain.secret import Secret
from countersign.domain.sign_in import hash_of, is_secret

_CODE: Final = re.compile(r"[\x20-\x3c\x3e-\x7e]{1,4096}={0,6}")
"""RFC 6749 appendix A.11, with "=" as padding alone (RFC 4648 §3.2): many decoders leave out what stands behind it, so
the same code with something behind would have another mark."""
_ERROR: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")

_MOST_CODES: Final = 8
"""Of one answer: what is told apart beyond that was never an authorization server's."""

type Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Callback:
    """A well-formed redirect: its ``state``, and either a code or an error's name, never both.

    ``error`` is a word for logs and for choosing a sentence; ``error_description`` is never read, because whoever made
    the link wrote it.
    """

    state: str
    code: Secret | None
    error: str | None


def read_callback(query: Query, issuer: str | None) -> Callback:
    """Read a redirect. Other parameters are ignored (RFC 6749 §4.1.2).

    Args:
        query: every value of every parameter.
        issuer: where the server is known to send ``iss``: it must be there and be exactly this, in errors too
            (RFC 9207 §2.4).

    Raises:
        Malformed: a parameter is missing or doubled, both or neither of code and error came, or the issuer is another.
    """
    state, code, error = (_single(query, name) for name in ("state", "code", "error"))
    if state is None or not is_secret(state):
        raise Malformed("callback: no state of ours")
    if (code is None) == (error is None):
        raise Malformed("callback: exactly one of code and error is wanted")
    if issuer is not None and _single(query, "iss") != issuer:
        raise Malformed("callback: iss is not the app's issuer")
    if code is not None and not _CODE.fullmatch(code):
        raise Malformed("callback: a code with characters that no code has")
    if error is not None and not _ERROR.fullmatch(error):
        error = "unreadable"
    return Callback(state, Secret(code) if code is not None else None, error)


def code_marks(query: Query) -> Sequence[str]:
    """What each code in a redirect is known by, whatever else is wrong with the redirect; never the code itself.

    Codes that a lenient server could take for one another have the same mark: of a code only letters and digits count,
    in either case, and the last one does not, because its low bits may say nothing (RFC 4648 §3.5).
    """
    plain = ("".join(filter(str.isalnum, code.encode("ascii", "ignore").decode())) for code in query.get("code", ()))
    marks = dict.fromkeys(hash_of(code[:-1].lower()) for code in plain)
    return tuple(marks)[-_MOST_CODES:]


def _single(query: Query, name: str) -> str | None:
    values = query.get(name, ())
    if len(values) > 1:
        raise Malformed(f"callback: {name} came more than once")
    return values[0] if values else None

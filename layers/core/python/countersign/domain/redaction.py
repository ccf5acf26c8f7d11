"""What no log line may hold, whatever wrote it: the last net under values that are masked where they are made."""

import re
from typing import Final

MASK: Final = "•••"
_KEYS: Final = (
    "access_token|refresh_token|id_token|client_secret|signing_secret|bot_token|code_verifier|authorization|cookie"
    "|set-cookie|password|secret|token|reply_url|response_url|trigger_id|body"
    r"|[\w-]{1,40}secret"  # parts of keys, as app files name them and as vendors do: partnerUserSecret
)
_PARAMETERS: Final = f"{_KEYS}|code|state|nonce"
_ESCAPES: Final = r"\\{0,31}"
"""The backslashes before a quote of JSON, inside JSON up to five times. Bounded: a run of thousands is read once."""
# Each pattern takes time in proportion to the line, whatever is in it: where a part could begin anywhere in a long run
# of its own characters, it begins at the run's start only, or its length is bounded.
_PATTERNS: Final = (
    # JSON members (also inside escaped JSON, and as Python prints them), parameters and arguments of a telling name.
    (
        re.compile(
            rf"""({_ESCAPES})(["'])({_KEYS})\1\2(\s*:\s*)\1\2.*?(?:(?<!\\)\1\2|\Z)""",
            re.IGNORECASE | re.DOTALL,
        ),
        rf"\1\2\3\1\2\4\1\2{MASK}\1\2",
    ),
    (re.compile(rf"((?:^|[?&\s(,;{{])(?:{_PARAMETERS})=\\*[\"']?)[^&\s\"']+", re.IGNORECASE), rf"\1{MASK}"),
    (re.compile(r"(?i)(\b(?:set-)?cookie:\s*)[^\r\n\"'\\]+"), rf"\1{MASK}"),
    # An error has a code too, and a record a state: only what looks random is masked under these names.
    (re.compile(r'("(?:code|state|nonce)\\*"\s*:\s*\\*")(?=[^"\\]*[0-9])[^"\\]{16,}'), rf"\1{MASK}"),
    # Values that tell by themselves: Slack's tokens, bearer headers, JSON web tokens, reply addresses, secrets, links.
    (re.compile(r"\bx(?:ox[a-z]|app)(?:\.xox[a-z])?-[\w-]+"), MASK),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"(?<![\w-])(?=[\w-]++\.[\w-])([\w-]*?\b)eyJ[\w-]++\.[\w-]++(?:\.[\w-]*+)?"), rf"\1{MASK}"),
    (re.compile(r"(https?://hooks\.slack[^\s/\"]*)/[^\s\"]+"), rf"\1/{MASK}"),
    (re.compile(r"\bwhsec_[\w+/=-]+"), MASK),
    (re.compile(r"(/connect/)[0-9a-f]{64}"), rf"\1{MASK}"),
)


def redact(line: str) -> str:
    """The line without anything that looks like a secret."""
    for pattern, replacement in _PATTERNS:
        line = pattern.sub(replacement, line)
    return line

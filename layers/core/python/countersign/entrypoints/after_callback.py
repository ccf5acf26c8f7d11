"""What a callback answers: never a page. It sends the browser on to a clean address, where the page is.

What stands in an address bar gets passed on: by people who are asked what they see, by screenshots, by history. A page
at the callback's own address would leave code and state there, or a fragment that no server ever sees
(``response_mode=fragment``). A redirect whose ``Location`` has a fragment of its own, an empty one here, takes the old
one out (Fetch, HTTP-redirect fetch: the old one is kept only where the new address has none).
"""

import base64
import binascii
import json
from collections.abc import Mapping
from http import HTTPStatus
from string import Formatter
from typing import Any, Final

from countersign.domain import strict_json
from countersign.domain.page_texts.phrases import NEW_LINK
from countersign.domain.page_texts.shared import text_of
from countersign.domain.pages import Page, PageKind
from countersign.domain.sign_in import WHOLE_SECONDS
from countersign.entrypoints.api_gateway import Answer, answer

END: Final = "__Host-end"
"""What the page of an end says, for this browser alone: names of people and accounts stand in no address."""
_MOST: Final = 3_500
"""Characters; browsers keep no cookie of more than 4,096 bytes (RFC 6265bis §5.6). The page is plain without it."""


def sent_on(page: Page, path: str, reference: str) -> Answer:
    """On to the page's own address; without one, to an address that names its kind. No parameter decides where to."""
    headers = {"Referrer-Policy": "no-referrer"}
    if page.address:
        return answer(HTTPStatus.SEE_OTHER, headers | {"Location": f"{page.address}#"})
    up = "../" * (3 if path.endswith("/") else 2)  # beside /oauth, whatever stage or domain the API is under
    kept = _packed(page, reference)
    lives = WHOLE_SECONDS if len(kept) <= _MOST else 0
    cookie = f"{END}={kept if lives else ''}; Max-Age={lives}; Path=/; Secure; HttpOnly; SameSite=Lax"
    return answer(HTTPStatus.SEE_OTHER, headers | {"Location": f"{up}connect/{page.kind}#"}, cookies=[cookie])


def end_page(word: str, cookie: str | None) -> Page:
    """The page of a clean address: what this browser was sent there with, or the plain one."""
    if word not in PageKind:
        return Page(PageKind.UNKNOWN)
    kept = _unpacked(cookie) if cookie else None
    if kept is not None and kept.kind == word:
        return kept
    return Page(PageKind(word) if _says_enough(PageKind(word)) else PageKind.REPLAYED)


def _says_enough(kind: PageKind) -> bool:
    """Whether a page may be had by its address alone: it names nobody, asks nothing, and claims no failure of ours."""
    text = text_of(kind, shared=False)
    return not (_names(kind) or text.buttons) and text.status < HTTPStatus.INTERNAL_SERVER_ERROR


def _names(kind: PageKind, *, shared: bool = False) -> set[str]:
    """The names of the values that a page's text mentions."""
    text = text_of(kind, shared=shared)
    found = (name for part in (text.title, *text.paragraphs) for _, name, _, _ in Formatter().parse(part))
    return {name for name in found if name}


def _packed(page: Page, reference: str) -> str:
    mentioned = _names(page.kind, shared=page.shared)
    values = {name: value for name, value in page.values.items() if name in mentioned}
    kept = [page.kind, page.shared, page.post_to, reference, values]
    return base64.urlsafe_b64encode(json.dumps(kept, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpacked(cookie: str) -> Page | None:
    """Our own cookie again; None for anything else. Of buttons it may bring no other than the one for a new link."""
    try:
        kept = strict_json.parse_storable(base64.b64decode(cookie + "=" * (-len(cookie) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        return None
    match kept:
        case [str(kind), bool(shared), str(post_to), str(reference), dict(values)] if kind in PageKind:
            return _page(PageKind(kind), values, shared=shared, post_to=post_to, reference=reference)
    return None


def _page(kind: PageKind, values: Mapping[str, Any], *, shared: bool, post_to: str, reference: str) -> Page | None:
    if text_of(kind, shared=shared).buttons not in ((), NEW_LINK) or not set(values) <= _names(kind, shared=shared):
        return None
    if not all(isinstance(value, str) for value in values.values()):
        return None
    return Page(kind, values, post_to, shared=shared, reference=reference)

"""The pages of a sign-in for a whole workspace, where they say something else than those of a person's own."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from countersign.domain.page_texts.phrases import PageText
from countersign.domain.page_texts.sign_in import TEXTS
from countersign.domain.pages import Do, PageKind

SHARED_TEXTS: Final[Mapping[PageKind, PageText]] = {
    PageKind.CONNECT: PageText(
        HTTPStatus.OK,
        "Connect {app} for everyone",
        (
            "You connect {app} for everyone in {workspace}.",
            "Whoever clicks, these will act there as the account that you sign in with now: {recipes}.",
            "Take an account that belongs to the workspace, and may do no more in {app} than that needs.",
            "{proof}",
            "Are you not {person}? Then close this page: the link is of no use to you.",
        ),
        ((Do.GO, "Continue"),),
    ),
    PageKind.CONFIRM: PageText(
        HTTPStatus.OK,
        "Shall everyone act as this account?",
        ("From now on, {recipes} will be done in {app} as this account, for everyone in {workspace}.",),
        ((Do.CONFIRM, "Yes, connect for everyone"), (Do.DECLINE, "No, cancel")),
    ),
    PageKind.CHOOSE: PageText(
        HTTPStatus.OK,
        "Where in {app}?",
        (
            "You signed in as {account}, who can work in several places there.",
            "Choose the one in which {recipes} shall be done, as this account, for everyone in {workspace}.",
        ),
        ((Do.CHOOSE, "Connect this one for everyone"), (Do.DECLINE, "No, cancel")),
    ),
    PageKind.DONE: PageText(
        HTTPStatus.OK,
        "Connected for everyone",
        (
            "What {workspace} does together in {app} is done as {account} from now on.",
            "You can close this page and go back to Slack. Not the right account? Disconnect it there.",
        ),
    ),
}


def text_of(kind: PageKind, *, shared: bool) -> PageText:
    """What a page says."""
    return SHARED_TEXTS.get(kind, TEXTS[kind]) if shared else TEXTS[kind]

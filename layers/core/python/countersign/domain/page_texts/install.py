"""The pages of an admin who installs Countersign in a workspace."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from countersign.domain.install_pages import InstallKind
from countersign.domain.page_texts.phrases import PageText

_AGAIN: Final = "Start again"
_NOTHING: Final = "Nothing was installed here."

TEXTS: Final[Mapping[InstallKind, PageText]] = {
    InstallKind.INSTALLED: PageText(
        HTTPStatus.OK,
        "Countersign is in {workspace}",
        (
            "People there can send it a direct message with the word help, or use /countersign.",
            "Invite it to the channels where cards shall be posted: /invite @Countersign",
            "{missing}",
        ),
    ),
    InstallKind.INSTALLED_ON_ORGANISATION: PageText(
        HTTPStatus.OK,
        "One more step for {workspace}",
        (
            "Countersign is approved for the whole organisation, and is in none of its workspaces yet.",
            "Now add it to the workspaces that shall have it. Nothing happens in the others.",
            "{missing}",
        ),
    ),
    InstallKind.START_AGAIN: PageText(
        HTTPStatus.OK,
        "Please begin here",
        (
            "This installation was begun in Slack itself, so we can't know that it was you who began it.",
            "Begin it from here, and it takes one more click in Slack.",
        ),
    ),
    InstallKind.CANCELLED: PageText(
        HTTPStatus.OK,
        "You did not allow it",
        ("Slack says that you said no, or that an admin must approve the app first. " + _NOTHING,),
    ),
    InstallKind.SLACK_ERROR: PageText(
        HTTPStatus.BAD_GATEWAY,
        "Slack did not install it",
        ("It answered with the error “{error}”. " + _NOTHING, "If it happens again, tell the person who runs this."),
    ),
    InstallKind.LOST_COOKIE: PageText(
        HTTPStatus.BAD_REQUEST,
        "Please start again in one browser",
        ("You came back in another browser than you set out with, or it dropped our cookie. " + _NOTHING,),
    ),
    InstallKind.OVER: PageText(
        HTTPStatus.GONE,
        "This installation is over",
        (
            "Each one works once, for ten minutes.",
            "If you just reloaded the page: look in Slack, where Countersign is among the apps when it is installed.",
        ),
    ),
    InstallKind.BAD_REQUEST: PageText(
        HTTPStatus.BAD_REQUEST,
        "This address is not complete",
        ("Something in it is missing or was changed on the way. " + _NOTHING,),
    ),
    InstallKind.CODE_REFUSED: PageText(
        HTTPStatus.BAD_REQUEST,
        "That took too long",
        ("Slack no longer accepts this installation. " + _NOTHING,),
    ),
    InstallKind.NOT_LISTED: PageText(
        HTTPStatus.FORBIDDEN,
        "{workspace} is not on the list",
        (
            "The people who run this Countersign keep a list of the workspaces that may have it.",
            "It was removed from {workspace} again. To have it there, ask them to add {id} to AllowedWorkspaces.",
        ),
    ),
    InstallKind.NOT_LISTED_AND_LEFT: PageText(
        HTTPStatus.FORBIDDEN,
        "{workspace} is not on the list",
        (
            "The people who run this Countersign keep a list of the workspaces that may have it, so it does nothing.",
            "Slack did not let us remove it again: please remove it in {workspace} under Manage apps.",
            "To have it there, ask them to add {id} to AllowedWorkspaces.",
        ),
    ),
    InstallKind.SCOPES_MISSING: PageText(
        HTTPStatus.CONFLICT,
        "Countersign needs more permissions",
        ("{workspace} did not give it: {scopes}. Without them it can't work, so nothing was stored here.",),
    ),
    InstallKind.SLACK_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Slack does not answer",
        ("Wait a minute, then start again. " + _NOTHING,),
    ),
    InstallKind.MISCONFIGURED: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "This is not set up completely",
        (_NOTHING + " Please tell the person who runs Countersign, and name the number below.",),
    ),
    InstallKind.STORAGE_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Please try again in a minute",
        ("Our own storage did not answer. Wait a minute, then start again.",),
    ),
    InstallKind.BROKEN: PageText(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something broke",
        ("It is our fault, not yours. Please tell the person who runs Countersign, and name the number below.",),
    ),
}

LINKS: Final[Mapping[InstallKind, str]] = {
    InstallKind.INSTALLED: "Open Slack",
    InstallKind.INSTALLED_ON_ORGANISATION: "Add it to workspaces",
    InstallKind.START_AGAIN: "Install Countersign",
    InstallKind.SCOPES_MISSING: "Ask for them again",
    **dict.fromkeys(
        (
            InstallKind.CANCELLED,
            InstallKind.SLACK_ERROR,
            InstallKind.LOST_COOKIE,
            InstallKind.OVER,
            InstallKind.BAD_REQUEST,
            InstallKind.CODE_REFUSED,
            InstallKind.SLACK_TROUBLE,
            InstallKind.STORAGE_TROUBLE,
        ),
        _AGAIN,
    ),
}
"""What the link of a page says, where it has one."""

WITHOUT_OPTIONAL: Final = "It was not given {scopes}: what needs them says so when it is used."

"""Every text of every page. Plain text with ``{names}``; the entrypoint escapes it all."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from countersign.domain.pages import Alert, Do, PageKind
from countersign.domain.sign_in_policy import Reason

LANGUAGE: Final = "en"
PRODUCT: Final = "Countersign"


@dataclass(frozen=True, slots=True)
class PageText:
    """One page: its status, its heading, what it says, and its buttons, the first of which is the one to press."""

    status: HTTPStatus
    title: str
    paragraphs: tuple[str, ...]
    buttons: tuple[tuple[Do, str], ...] = ()


_NEW_LINK: Final = ((Do.NEW_LINK, "Send me a new link in Slack"),)
_AGAIN: Final = "Nothing was connected. Go back to Slack and press the Connect button again."

TEXTS: Final[Mapping[PageKind, PageText]] = {
    PageKind.CONNECT: PageText(
        HTTPStatus.OK,
        "Connect {app}",
        (
            "This connects {app} for Slack user {person} in {workspace}.",
            "What you do from Slack is then done as you, and {app} decides what you may do.",
            "Slack may ask you to sign in first, so that nobody but you can use this link.",
            "Are you not {person}? Then close this page: the link is of no use to you.",
        ),
        ((Do.GO, "Continue"),),
    ),
    PageKind.CONFIRM: PageText(
        HTTPStatus.OK,
        "Are both of these you?",
        ("What you do from Slack will be done in {app} as this account.",),
        ((Do.CONFIRM, "Yes, connect"), (Do.DECLINE, "No, cancel")),
    ),
    PageKind.CHOOSE: PageText(
        HTTPStatus.OK,
        "Where in {app}?",
        (
            "You signed in as {account}, who can work in several places there.",
            "Choose the one that is meant when you use {app} from Slack. To change it later, press Reconnect there.",
        ),
        ((Do.CHOOSE, "Connect this one"), (Do.DECLINE, "No, cancel")),
    ),
    PageKind.KEY: PageText(
        HTTPStatus.OK,
        "Your {app} key",
        (
            "{app} has no sign-in for other programs; it lets each person make a key. {hint}",
            "What you do from Slack is then done with your key. It is checked at {app} and kept sealed.",
            "Never send it to anybody, in Slack or elsewhere.",
        ),
        ((Do.ENTER_KEY, "Check this key"),),
    ),
    PageKind.KEY_REFUSED: PageText(
        HTTPStatus.FORBIDDEN,
        "{app} did not take the key",
        ("It was tried three times. " + _AGAIN, "If you are not sure of it, make a new one in {app} first."),
    ),
    PageKind.NO_SITES: PageText(
        HTTPStatus.FORBIDDEN,
        "There is nothing to connect",
        (
            "{app} signed you in, but named no place there that you could use from Slack.",
            "Nothing was connected; what {app} gave us is given back.",
            "Ask whoever runs {app} to let you in, then press the Connect button in Slack again.",
        ),
    ),
    PageKind.DONE: PageText(
        HTTPStatus.OK,
        "Connected",
        (
            "{app} knows you as {account}. Whatever waited for this goes on in Slack, or you are asked there.",
            "You can close this page and go back to Slack. Not your account? Disconnect it there.",
        ),
    ),
    PageKind.DECLINED: PageText(
        HTTPStatus.OK,
        "Nothing was connected",
        (
            "You said no, so nothing was stored; what {app} gave us is given back.",
            "To connect another account, sign out of {app} in this browser first, then press Connect in Slack again.",
        ),
    ),
    PageKind.KEY_DECLINED: PageText(
        HTTPStatus.OK,
        "Nothing was connected",
        (
            "You said no, so the key is not kept here. In {app} it works on until you delete it there.",
            "To connect with another key, press Connect in Slack again.",
        ),
    ),
    PageKind.NEW_LINK_SENT: PageText(
        HTTPStatus.OK,
        "Look into Slack",
        (
            "If {person} can have a new link now, it is in their messages with Countersign, and only there.",
            "Nothing new there? Then use the newest link that is, or wait ten minutes and ask again.",
            "You can close this page.",
        ),
    ),
    PageKind.EXPIRED: PageText(
        HTTPStatus.GONE,
        "This link has ended",
        ("A link works for 10 minutes. A new one can be sent to {person} in Slack.",),
        _NEW_LINK,
    ),
    PageKind.USED: PageText(
        HTTPStatus.GONE,
        "This link was used already",
        (
            "{person} has connected {app} with it. If that is all you wanted, close this page.",
            "A new link can be sent to {person} in Slack.",
        ),
        _NEW_LINK,
    ),
    PageKind.TRIES_SPENT: PageText(
        HTTPStatus.GONE,
        "Too many tries",
        ("This link was tried from other Slack workspaces too often. A new one can be sent to {person} in Slack.",),
        _NEW_LINK,
    ),
    PageKind.TOO_OFTEN: PageText(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many tries",
        (
            "This link's button was pressed very often within a few minutes. Nothing was connected.",
            "Is {app} still open in another tab? Go on there. Otherwise press Connect in Slack: it brings a new link.",
        ),
    ),
    PageKind.STOPPED: PageText(
        HTTPStatus.GONE,
        "This link was stopped",
        (
            "Somebody else tried to use it, or Countersign was removed from {workspace}: it works for nobody any more.",
            "Nothing was connected.",
            "{person} was told in Slack, and can start again there.",
        ),
    ),
    PageKind.WRONG_PERSON: PageText(
        HTTPStatus.FORBIDDEN,
        "This link is not yours",
        (
            "It was made for {person} in {workspace}, and this browser is signed in to Slack as somebody else.",
            "It was stopped: nothing was connected, and the link works for nobody any more.",
            "Did somebody send it to you? Then they may have meant to use your account. {person} was told.",
        ),
    ),
    PageKind.WRONG_WORKSPACE: PageText(
        HTTPStatus.FORBIDDEN,
        "Another Slack workspace",
        (
            "This browser is signed in to {other}; the link is for {person} in {workspace}.",
            "Sign in to {workspace} in this browser, then press the Connect button in Slack again.",
        ),
    ),
    PageKind.UNKNOWN: PageText(
        HTTPStatus.NOT_FOUND,
        "There is no such link",
        (
            "Perhaps it was cut off on the way, or is older than a day.",
            "Go back to Slack and press the Connect button again.",
        ),
    ),
    PageKind.LOST_COOKIE: PageText(
        HTTPStatus.BAD_REQUEST,
        "Please start again in one browser",
        (
            "You came back in another browser than you set out with, or this one dropped our cookie.",
            "Open the link in your normal browser rather than inside another app, with cookies allowed. " + _AGAIN,
        ),
    ),
    PageKind.REPLAYED: PageText(
        HTTPStatus.CONFLICT,
        "This step is over",
        (
            "It was done before, or is being done right now: each step works once.",
            "If you just reloaded the page, look into Slack, where you are told when you are connected.",
            "Not connected there? Press the Connect button again.",
        ),
    ),
    PageKind.BAD_REQUEST: PageText(
        HTTPStatus.BAD_REQUEST,
        "This address is not complete",
        ("Something in it is missing or was changed on the way. " + _AGAIN,),
    ),
    PageKind.DENIED: PageText(
        HTTPStatus.OK,
        "You did not allow it",
        (
            "{app} says that you said no, or that it is not yours to allow. Nothing was connected or done.",
            "Changed your mind? Press the Connect button in Slack again.",
        ),
    ),
    PageKind.APP_ERROR: PageText(
        HTTPStatus.BAD_GATEWAY,
        "{app} did not sign you in",
        ("It answered with the error “{error}”. " + _AGAIN, "If it happens again, tell the person who runs this."),
    ),
    PageKind.APP_TROUBLE: PageText(
        HTTPStatus.BAD_GATEWAY,
        "{app} does not answer",
        ("You signed in there, but {app} did not give us a usable answer. " + _AGAIN,),
    ),
    PageKind.CODE_REFUSED: PageText(
        HTTPStatus.BAD_REQUEST,
        "That took too long",
        ("{app} no longer accepts this sign-in. " + _AGAIN,),
    ),
    PageKind.NO_IDENTITY: PageText(
        HTTPStatus.BAD_GATEWAY,
        "{app} did not say who you are",
        ("What {app} gave us is given back. " + _AGAIN,),
    ),
    PageKind.CHANGED: PageText(
        HTTPStatus.CONFLICT,
        "Your connection changed meanwhile",
        ("Another sign-in, or a disconnection, came first. Look into Slack, and press Connect again if you need to.",),
    ),
    PageKind.SLACK_DENIED: PageText(
        HTTPStatus.OK,
        "You did not sign in to Slack",
        ("Slack tells us who you are, so that nobody else can use your link. " + _AGAIN,),
    ),
    PageKind.SLACK_ERROR: PageText(
        HTTPStatus.BAD_GATEWAY,
        "Slack did not sign you in",
        (
            "It answered with the error “{error}”.",
            "If Sign in with Slack is switched off in {workspace}, an admin of the workspace has to allow it.",
            _AGAIN,
        ),
    ),
    PageKind.SLACK_UNVERIFIED: PageText(
        HTTPStatus.FORBIDDEN,
        "Slack did not confirm who you are",
        (_AGAIN,),
    ),
    PageKind.SLACK_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Slack does not answer",
        ("We could not ask Slack who you are. Wait a minute. " + _AGAIN,),
    ),
    PageKind.MISCONFIGURED: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "This is not set up completely",
        ("Nothing was connected. Please tell the person who runs Countersign, and name the number below.",),
    ),
    PageKind.STORAGE_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Please try again in a minute",
        ("Our own storage did not answer. Look into Slack whether you are connected; if not, press Connect again.",),
    ),
    PageKind.BROKEN: PageText(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something broke",
        ("It is our fault, not yours. Please tell the person who runs Countersign, and name the number below.",),
    ),
}

REASONS: Final[Mapping[Reason, str]] = {
    Reason.EMAIL_DIFFERS: "Your e-mail addresses are not the same: {email} in Slack, {account_email} in {app}.",
    Reason.FOR_EVERYONE: "Everybody who uses {recipes} from Slack acts as it; {app} can't tell them apart.",
    Reason.ACCOUNT_CHANGES: "So far you were connected as {previous}. This account would take its place.",
    Reason.SITE_CHANGES: "So far you were connected to {previous_site}. This place would be used instead.",
    Reason.KEY_ENTERED: "A key works for whoever has it: make sure that this one is your own.",
    Reason.NOT_ASKED_WHO: "{app} may not have asked who you are: it takes whoever is signed in there in this browser.",
}

ALERTS: Final[Mapping[Alert, str]] = {
    Alert.KEY_FORM: "This is not a whole key of {app}. Copy every part of it again.",
    Alert.KEY_WRONG: "{app} does not take this key. Copy it again, or make a new one. Tries left: {tries_left}.",
    Alert.KEY_UNCHECKED: "{app} did not answer, so the key could not be checked. Try again. Tries left: {tries_left}.",
    Alert.NO_CHOICE: "Choose one of these.",
}

KEY_HELP: Final = "Make a key in {app}"
CHOICES: Final = "Places in {app}"
ONWARD_TITLE: Final = "On to {service}"
ONWARD_TEXT: Final = "Your browser goes on by itself. If it does not:"
ONWARD_LINK: Final = "Continue to {service}"
REFERENCE: Final = "Reference"
NO_ADDRESS: Final = "no address known"

"""The pages of a person's sign-in, from their link to the end."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from countersign.domain.page_texts.phrases import NEW_LINK, PageText
from countersign.domain.page_texts.stops import STOPS
from countersign.domain.pages import Alert, Do, PageKind
from countersign.domain.proof import Proof
from countersign.domain.sign_in_policy import Reason

TEXTS: Final[Mapping[PageKind, PageText]] = {
    PageKind.CONNECT: PageText(
        HTTPStatus.OK,
        "Connect {app}",
        (
            "This connects {app} for Slack user {person} in {workspace}.",
            "What you do from Slack is then done as you, and {app} decides what you may do.",
            "{proof}",
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
    PageKind.DONE: PageText(
        HTTPStatus.OK,
        "Connected",
        (
            "{app} knows you as {account}.",
            "Look in Slack for what waited for this: it goes on, or you are asked there whether you still want it.",
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
        "Look in Slack",
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
        NEW_LINK,
    ),
    PageKind.USED: PageText(
        HTTPStatus.GONE,
        "This link was used already",
        (
            "{person} has connected {app} with it. If that is all you wanted, close this page.",
            "A new link can be sent to {person} in Slack.",
        ),
        NEW_LINK,
    ),
    PageKind.TRIES_SPENT: PageText(
        HTTPStatus.GONE,
        "Too many tries",
        ("This link was tried from other Slack workspaces too often. A new one can be sent to {person} in Slack.",),
        NEW_LINK,
    ),
    PageKind.TOO_OFTEN: PageText(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many tries",
        (
            "This link's button was pressed very often within a few minutes. Nothing was connected.",
            "Is {app} still open in another tab? Go on there. Otherwise write connections to Countersign in Slack.",
        ),
    ),
    PageKind.PAUSED: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "{app} is paused",
        (
            "{app} is paused in {workspace}, so nobody can connect it now. Nothing was connected.",
            "Try again later: write connections to Countersign in Slack, where it says whether it still is.",
        ),
    ),
    PageKind.STOPPED: PageText(
        HTTPStatus.GONE,
        "This link was stopped",
        (
            "Somebody else tried to use it, or Countersign was removed from {workspace}: it works for nobody any more.",
            "Nothing was connected.",
            "Are you {person}? You were told in Slack: write connections to Countersign there for a new link.",
        ),
    ),
    **STOPS,
}

PROOFS: Final[Mapping[Proof, str]] = {
    Proof.SIWS: "Slack may ask you to sign in first, so that nobody but you can use this link.",
    Proof.DM_CODE: "At the end your browser shows a code. Write it to Countersign in Slack, and never to anybody else.",
    Proof.BOTH: (
        "Slack may ask you to sign in first. At the end your browser shows a code. "
        "Write it to Countersign in Slack, and never to anybody else."
    ),
}
"""What will be asked of a person, so that their link is theirs alone: ``{proof}``."""

REASONS: Final[Mapping[Reason, str]] = {
    Reason.EMAIL_DIFFERS: "Your e-mail addresses are not the same: {email} in Slack, {account_email} in {app}.",
    Reason.FOR_EVERYONE: "Everybody who uses {recipes} from Slack acts as it; {app} can't tell them apart.",
    Reason.ACCOUNT_CHANGES: "So far you were connected as {previous}. This account would take its place.",
    Reason.SITE_CHANGES: "So far you were connected to {previous_site}. This place would be used instead.",
    Reason.SLACK_NOT_ASKED: "Slack was not asked whose browser this is: go on only if you asked for this yourself.",
    Reason.CODE_WANTED: "Write the code to Countersign in Slack within three minutes. Never send it to anybody else.",
    Reason.KEY_ENTERED: "A key works for whoever has it: make sure that this one is your own.",
    Reason.NOT_ASKED_WHO: "{app} may not have asked who you are: it takes whoever is signed in there in this browser.",
}

ALERTS: Final[Mapping[Alert, str]] = {
    Alert.KEY_FORM: "This is not a whole key of {app}. Copy every part of it again.",
    Alert.KEY_WRONG: "{app} does not take this key. Copy it again, or make a new one. Tries left: {tries_left}.",
    Alert.KEY_UNCHECKED: "{app} did not answer, so the key could not be checked. Try again. Tries left: {tries_left}.",
    Alert.NO_CHOICE: "Choose one of these.",
    Alert.CODE_MISSING: "The code has not come yet. Write it to Countersign in Slack, then press the button again.",
}

KEY_HELP: Final = "Make a key in {app}"
CHOICES: Final = "Places in {app}"
ONWARD_TITLE: Final = "On to {service}"
ONWARD_TEXT: Final = "Your browser goes on by itself. If it does not:"
ONWARD_LINK: Final = "Continue to {service}"

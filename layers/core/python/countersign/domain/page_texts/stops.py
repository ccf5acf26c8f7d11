"""The texts of the pages on which a sign-in ends without a connection: what stopped it, and what to do now."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from countersign.domain.page_texts.phrases import AGAIN, GIVEN_BACK, PageText
from countersign.domain.pages import PageKind

STOPS: Final[Mapping[PageKind, PageText]] = {
    PageKind.KEY_REFUSED: PageText(
        HTTPStatus.FORBIDDEN,
        "{app} did not take the key",
        ("It was tried three times. " + AGAIN, "If you are not sure of it, make a new one in {app} first."),
    ),
    PageKind.NO_SITES: PageText(
        HTTPStatus.FORBIDDEN,
        "There is nothing to connect",
        (
            "{app} signed you in, but as somebody who can't use the place there that {workspace} works with.",
            "Nothing was connected; what {app} gave us is given back.",
            "Ask whoever runs it to let you in, or sign in there with your company's account.",
            "Then press Connect in Slack again.",
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
            "Go back to Slack and write connections to Countersign: there you can connect every app, with a new link.",
        ),
    ),
    PageKind.LOST_COOKIE: PageText(
        HTTPStatus.BAD_REQUEST,
        "Please start again in one browser",
        (
            "You came back in another browser than you set out with, or this one dropped our cookie.",
            "Open the link in your normal browser rather than inside another app, with cookies allowed. " + AGAIN,
        ),
    ),
    PageKind.REPLAYED: PageText(
        HTTPStatus.CONFLICT,
        "This step is over",
        (
            "It was done before, or is being done right now: each step works once.",
            "If you just reloaded the page, look in Slack, where you are told when you are connected.",
            "Not connected there? Press the Connect button again.",
        ),
    ),
    PageKind.BAD_REQUEST: PageText(
        HTTPStatus.BAD_REQUEST,
        "This address is not complete",
        ("Something in it is missing or was changed on the way. " + AGAIN,),
    ),
    PageKind.OTHER_SITE: PageText(
        HTTPStatus.FORBIDDEN,
        "This did not come from our page",
        ("Another site pressed a button of ours for you, which only you may do here. " + AGAIN,),
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
        ("It answered with the error “{error}”. " + AGAIN, "If it happens again, tell the person who runs this."),
    ),
    PageKind.APP_TROUBLE: PageText(
        HTTPStatus.BAD_GATEWAY,
        "{app} does not answer",
        ("You signed in there, but {app} did not give us a usable answer. " + AGAIN,),
    ),
    PageKind.CODE_REFUSED: PageText(
        HTTPStatus.BAD_REQUEST,
        "That took too long",
        ("{app} no longer accepts this sign-in. " + AGAIN,),
    ),
    PageKind.NO_IDENTITY: PageText(
        HTTPStatus.BAD_GATEWAY,
        "{app} did not say who you are",
        ("What {app} gave us is given back. " + AGAIN,),
    ),
    PageKind.OTHER_ORGANISATION: PageText(
        HTTPStatus.FORBIDDEN,
        "Not an account of your company",
        (
            "You signed in to {app} as {account}, an account of another organisation than {workspace} works with.",
            GIVEN_BACK,
            "Sign out of {app} in this browser, press Connect in Slack again, and use your company's account there.",
        ),
    ),
    PageKind.OTHER_EMAIL: PageText(
        HTTPStatus.FORBIDDEN,
        "Another e-mail address",
        (
            "{workspace} lets you connect only an account in {app} with the e-mail address that you have in Slack.",
            "You signed in there as {account}. " + GIVEN_BACK,
            "Sign out of {app} in this browser, and press the Connect button in Slack again.",
            "Is that your only account? Then ask whoever runs {app} to correct its address.",
        ),
    ),
    PageKind.OTHER_ACCOUNT: PageText(
        HTTPStatus.FORBIDDEN,
        "You are connected as somebody else",
        (
            "So far you are connected to {app} as {previous}; you signed in there as {account} now. " + GIVEN_BACK,
            "To change accounts, write connections to Countersign in Slack, press Disconnect, and then connect again.",
        ),
    ),
    PageKind.CODE_ENDED: PageText(
        HTTPStatus.FORBIDDEN,
        "The code has ended",
        (
            "It was not written in Slack within three minutes, was wrong three times, or a newer one took its place.",
            GIVEN_BACK,
            "Press the Connect button in Slack again.",
        ),
    ),
    PageKind.CHANGED: PageText(
        HTTPStatus.CONFLICT,
        "Your connection changed meanwhile",
        ("Another sign-in, or a disconnection, came first. Look in Slack, and press Connect again if you need to.",),
    ),
    PageKind.SLACK_DENIED: PageText(
        HTTPStatus.OK,
        "You did not sign in to Slack",
        ("Slack tells us who you are, so that nobody else can use your link. " + AGAIN,),
    ),
    PageKind.SLACK_ERROR: PageText(
        HTTPStatus.BAD_GATEWAY,
        "Slack did not sign you in",
        (
            "It answered with the error “{error}”.",
            "If Sign in with Slack is switched off in {workspace}, an admin of the workspace has to allow it.",
            AGAIN,
        ),
    ),
    PageKind.SLACK_UNVERIFIED: PageText(
        HTTPStatus.FORBIDDEN,
        "Slack did not confirm who you are",
        (AGAIN,),
    ),
    PageKind.SLACK_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Slack does not answer",
        ("We could not ask Slack who you are. Wait a minute. " + AGAIN,),
    ),
    PageKind.MISCONFIGURED: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "This is not set up completely",
        ("Nothing was connected. Please tell the person who runs Countersign, and name the number below.",),
    ),
    PageKind.STORAGE_TROUBLE: PageText(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Please try again in a minute",
        ("Our own storage did not answer. Look in Slack whether you are connected; if not, press Connect again.",),
    ),
    PageKind.BROKEN: PageText(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something broke",
        ("It is our fault, not yours. Please tell the person who runs Countersign, and name the number below.",),
    ),
}

"""An outside world: its own Slack, its own app, its own catalog, and the product between them."""

import json
from dataclasses import dataclass
from pathlib import Path

import requests

from sandbox.browser import Browser, Page
from sandbox.stack.processes import Record
from tests.e2e.outside import records as app
from tests.e2e.outside import slack_server
from tests.e2e.outside.records import Records
from tests.e2e.outside.slack import CHANNEL, Message, Person, Slack
from tests.e2e.outside.stack import OutsideStack

CATALOG = Path(__file__).parent / "catalog"
RECIPE = "approve_record"


@dataclass
class World:
    """Everything together, with the deeds that every story is made of.

    Attributes:
        replaced: the processes of the first of two `up`s.
        browsers: those that were opened, to be closed at the end.
    """

    stack: OutsideStack
    slack: Slack
    records: Records
    hook_secret: str
    replaced: list[Record]
    browsers: list[Browser]

    def card(self, record: str, *, approver: str) -> Message:
        """A record is opened in the app, which calls the hook; the card in the channel."""
        self.records.open(record, approver=approver)
        hook = self.stack.description["hooks"][RECIPE]
        headers = {"Authorization": f"Bearer {self.hook_secret}"}
        answer = requests.post(hook["url"], json={"record": record}, headers=headers, timeout=10)
        assert answer.status_code == 202, answer.text
        return next(message for message in self.slack.messages if message.channel == CHANNEL and record in message.text)

    def browser_of(self, person: Person) -> Browser:
        """A browser in which this person is signed in to Slack."""
        browser = Browser()
        self.browsers.append(browser)
        assert browser.get(f"{browser_url(self.slack)}/enter/{person.id}").status == 200
        return browser

    def asked_to_connect(self, person: Person, card: Message) -> str:
        """They click *Approve*, are asked in private to connect, and press that button: the link it opens."""
        self.slack.click(person, card, "Approve")
        prompt = self.slack.wait_for(person, "Connect Acme Records", after=card)
        assert prompt.only_for == person.id
        return str(self.slack.click(person, prompt, "Connect Acme Records")["url"])

    def sign_in(self, browser: Browser, link: str, login: str) -> Page:
        """The whole way from the link to where the app sends the browser back to."""
        onward = browser.press(browser.get(link), "Continue")
        consent = browser.press(onward, "Sign-in", login=login, password="any")
        return browser.press(consent, "Continue")

    def connect(self, person: Person, record: str) -> None:
        """They approve a record of their own, sign in for it, and it is approved."""
        card = self.card(record, approver=person.name)
        self.sign_in(self.browser_of(person), self.asked_to_connect(person, card), person.name)
        self.wait_until_approved(record)

    def approve(self, person: Person, record: str) -> None:
        """They approve another record of their own, without being asked to sign in."""
        self.slack.click(person, self.card(record, approver=person.name), "Approve")
        self.wait_until_approved(record)

    def wait_until_approved(self, record: str) -> None:
        """Return when the app has recorded the approval and the card says so."""
        self.slack.wait(
            lambda: next((card for card in self.slack.messages if f"Approved: Record {record} " in card.text), None),
            lambda: f"{record} was never approved:\n" + "\n".join(map(str, self.slack.messages)),
        )


def browser_url(slack: Slack) -> str:
    """The outside Slack for browsers, on a site of its own."""
    return slack.url.replace("127.0.0.1", "chat.localhost")


def environment(port: int, slack: Slack, records: Records, hook_secret: str, folder: Path) -> dict[str, str]:
    """Every variable by which an outside test brings its own world, and nothing else."""

    def file(name: str, content: object) -> str:
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content))
        return str(path)

    client = {"client_id": records.client_id, "client_secret": records.client_secret}
    settings = {"settings": {"site": "acme"}, "hosts": {app.HOST: records.browser_url}}
    return {
        "COUNTERSIGN_PORT": str(port),
        "SLACK_API_URL": f"{slack.url}{slack_server.API_PATH}/",
        "SLACK_WEB_URL": browser_url(slack),
        "SLACK_OPENID_JWKS_URL": f"{slack.url}{slack_server.KEYS_PATH}",
        "SLACK_OPENID_ISSUER": slack_server.ISSUER,
        "SLACK_SIGNING_SECRET": slack.app.signing_secret,
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_CLIENT_ID": slack.app.client_id,
        "SLACK_CLIENT_SECRET": slack.app.client_secret,
        "CATALOG_DIR": str(CATALOG),
        "APP_CREDENTIALS_FILE": file("credentials", {"records": client}),
        "APP_SETTINGS_FILE": file("settings", {"records": settings}),
        "HOOK_SECRETS_FILE": file("hooks", {RECIPE: hook_secret}),
    }

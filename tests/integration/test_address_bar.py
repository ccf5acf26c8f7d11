"""What a real Chromium's address bar holds after a callback, and whose forms it lets press our buttons."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from countersign.entrypoints import oauth
from tests.support.scripted_server import Handler, Received, Server, serve
from tests.support.sign_in_world import JOSIE, ScriptedHttp, ScriptedOpenId, SignInWorld, claims_of, salesforce_user

pytestmark = pytest.mark.browser

SECRET = "the-code-of-whoever-sits-here"
UNKNOWN = "f" * 64


@dataclass
class Site:
    """Our routes on a loopback name of their own; Slack, the app and a third site beside them."""

    server: Server
    world: SignInWorld

    @property
    def api(self) -> str:
        return f"http://countersign.localhost:{self.server.server_port}/prod"

    def elsewhere(self, path: str) -> str:
        """An address of another site."""
        return f"http://elsewhere.localhost:{self.server.server_port}{path}"

    def serve(self, path: str, **parameters: str) -> None:
        """Answer there as the API does."""
        self.server.on(f"/prod{path}", lambda handler, received: self._answer(handler, received, parameters))

    def sends_to(self, path: str, location: str) -> None:
        """Another site's address that sends a browser on, as an authorization server does."""
        self.server.on(path, lambda handler, _: handler.answer(302, b"", {"Location": location}))

    def link(self) -> str:
        """A sign-in of Josie's to Salesforce, begun in Slack."""
        begun, secret = self.world.begin(JOSIE, "salesforce")
        self.serve(f"/connect/{secret}", sign_in=secret)
        return begun.url

    def _answer(self, handler: Handler, received: Received, parameters: dict[str, str]) -> None:
        url = urlsplit(received.path)
        event = {
            "httpMethod": received.method,
            "path": url.path.removeprefix("/prod"),
            "multiValueHeaders": {name: [value] for name, value in received.headers.items()},
            "multiValueQueryStringParameters": parse_qs(url.query) or None,
            "pathParameters": parameters or None,
            "body": received.body.decode() or None,
            "requestContext": {"requestId": "reference"},
        }
        answer = oauth.handle(event, self.world)
        found = re.search(r"connect/(\w+)#$", answer["headers"].get("Location", ""))
        if found:
            self.serve(f"/connect/{found[1]}", sign_in=found[1])
        handler.answer(answer["statusCode"], answer["body"].encode(), answer["headers"])


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as server:
        slack = ScriptedOpenId({"U0JOSIE": claims_of(JOSIE)})
        http = ScriptedHttp({"acme.my.salesforce.com": salesforce_user("josie@acme.com")})
        site = Site(server, SignInWorld(slack, http=http))
        site.world.base_url = site.api
        site.serve("/oauth/slack/callback")
        site.serve("/oauth/callback/salesforce", app="salesforce")
        yield site


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def heading(tab: Page, title: str) -> None:
    expect(tab.get_by_role("heading", level=1)).to_have_text(title)


@pytest.mark.parametrize("callback", ["/oauth/slack/callback", "/oauth/callback/salesforce"])
@pytest.mark.parametrize(
    ("answer", "word", "title"),
    [
        (f"#code={SECRET}&state={UNKNOWN}", "bad_request", "This address is not complete"),
        (f"?#code={SECRET}", "bad_request", "This address is not complete"),
        (f"?code={SECRET}&state={UNKNOWN}", "unknown", "There is no such link"),
        (f"?code={SECRET}", "bad_request", "This address is not complete"),
        (f"?error=access_denied&state={UNKNOWN}#code={SECRET}", "unknown", "There is no such link"),
        (f"?response={SECRET}", "bad_request", "This address is not complete"),
    ],
)
def test_no_code_stays_in_the_address_bar(
    site: Site, tab: Page, callback: str, answer: str, word: str, title: str
) -> None:
    site.sends_to("/authorize", f"{site.api}{callback}{answer}")
    tab.goto(site.elsewhere("/authorize"))
    heading(tab, title)
    assert SECRET not in str(tab.evaluate("location.href + document.referrer + JSON.stringify(history.state)"))
    assert tab.url in (f"{site.api}/connect/{word}", f"{site.api}/connect/{word}#")
    tab.reload()
    heading(tab, title)
    tab.goto("about:blank")
    tab.go_back()
    heading(tab, title)


def test_the_fragment_would_stay_if_the_address_had_none_of_its_own(
    site: Site, tab: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the test above can fail."""
    sent_on = oauth.sent_on

    def without(*args: object) -> dict[str, object]:
        answer = sent_on(*args)
        return {**answer, "headers": {**answer["headers"], "Location": answer["headers"]["Location"].rstrip("#")}}

    monkeypatch.setattr(oauth, "sent_on", without)
    site.serve("/connect/bad_request", sign_in="bad_request")
    site.sends_to("/authorize", f"{site.api}/oauth/slack/callback#code={SECRET}")
    tab.goto(site.elsewhere("/authorize"))
    heading(tab, "This address is not complete")
    assert SECRET in tab.url


def test_a_whole_sign_in_leaves_nothing_there_and_its_end_can_be_reloaded(site: Site, tab: Page) -> None:
    """With a fragment from Slack, which the app must not be handed either."""
    site.server.on("/app", _asks("the app"))
    site.world.chat_openid.authorization_url = lambda _uri, state, *_: site.elsewhere(f"/slack?state={state}")
    site.world.authorization.authorization_url = lambda _app, _uri, state, _verifier: site.elsewhere(
        f"/app?state={state}"
    )
    site.server.on("/slack", _comes_back(f"{site.api}/oauth/slack/callback", "U0JOSIE.1", f"#code={SECRET}"))
    tab.goto(site.link())
    tab.get_by_role("button", name="Continue").click()
    heading(tab, "the app")
    assert SECRET not in tab.url, "no fragment is taken along"

    state = parse_qs(urlsplit(tab.url).query)["state"][0]
    site.sends_to("/yes", f"{site.api}/oauth/callback/salesforce?code=good.{state}&state={state}#code={SECRET}")
    tab.goto(site.elsewhere("/yes"))
    heading(tab, "Connected")
    assert re.fullmatch(rf"{re.escape(site.api)}/connect/[0-9a-f]{{64}}#?", tab.url)
    assert state not in tab.url
    for _ in range(2):
        tab.reload()
        heading(tab, "Connected")
        expect(tab.get_by_role("main")).to_contain_text("Salesforce knows you as josie@acme.com.")


def _asks(title: str) -> Callable[[Handler, Received], None]:
    page = f"<h1>{title}</h1>".encode()
    return lambda handler, _: handler.answer(200, page, {"Content-Type": "text/html"})


def _comes_back(callback: str, code: str, fragment: str) -> Callable[[Handler, Received], None]:
    def answer(handler: Handler, received: Received) -> None:
        (state,) = parse_qs(urlsplit(received.path).query)["state"]
        handler.answer(302, b"", {"Location": f"{callback}?code={code}&state={state}{fragment}"})

    return answer


def test_names_on_an_end_are_for_this_browser_alone(site: Site, tab: Page, browser: Browser) -> None:
    site.world.chat_openid.authorization_url = lambda _uri, state, *_: (
        f"{site.api}/oauth/slack/callback?error=server_error&state={state}"
    )
    tab.goto(site.link())
    tab.get_by_role("button", name="Continue").click()
    heading(tab, "Slack did not sign you in")
    expect(tab.get_by_role("main")).to_contain_text("is switched off in Acme")
    tab.reload()
    expect(tab.get_by_role("main")).to_contain_text("is switched off in Acme")
    other = browser.new_context()
    another = other.new_page()
    another.goto(tab.url)
    heading(another, "This step is over")
    other.close()


@pytest.mark.parametrize("where", ["elsewhere", "other.countersign"])
def test_another_sites_form_presses_no_button_of_ours(site: Site, tab: Page, where: str) -> None:
    """It would put a cookie of its own in the place of one that a sign-in under way needs."""
    link = site.link()
    form = f'<form method="post" action="{link}"><input name="do" value="go"><button>Win a prize</button></form>'
    site.server.on("/prize", lambda handler, _: handler.answer(200, form.encode(), {"Content-Type": "text/html"}))
    tab.goto(f"http://{where}.localhost:{site.server.server_port}/prize")
    tab.get_by_role("button", name="Win a prize").click()
    heading(tab, "This did not come from our page")
    assert (site.world.sign_ins.legs, tab.context.cookies()) == ({}, [])
    (posted,) = [received for received in site.server.received if received.method == "POST"]
    assert posted.headers["sec-fetch-site"] == ("same-site" if "." in where else "cross-site")


def test_our_own_page_may(site: Site, tab: Page) -> None:
    site.world.chat_openid.authorization_url = lambda _uri, state, *_: site.elsewhere(f"/slack?state={state}")
    site.server.on("/slack", _asks("Slack"))
    tab.goto(site.link())
    tab.get_by_role("button", name="Continue").click()
    heading(tab, "Slack")
    (posted,) = [received for received in site.server.received if received.method == "POST"]
    assert (posted.headers["sec-fetch-site"], len(site.world.sign_ins.legs)) == ("same-origin", 1)

"""Every page a browser can be shown, judged by axe-core (WCAG 2.2 A and AA, and what it calls best practice)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from countersign.domain.install_pages import InstallKind, InstallPage
from countersign.domain.page_texts.install import LINKS, WITHOUT_OPTIONAL
from countersign.domain.page_texts.shared import SHARED_TEXTS, text_of
from countersign.domain.pages import Alert, Do, Entry, Onward, PageKind
from countersign.domain.pages import Page as Shown
from countersign.domain.sign_in_policy import Reason
from countersign.entrypoints.api_gateway import Answer
from countersign.entrypoints.install import install_answer
from countersign.entrypoints.pages import onward_answer, page_answer

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[1] / "e2e" / "outside" / "node_modules" / "axe-core" / "axe.min.js"
ORIGIN = "https://countersign.example"
VALUES = {"app": "Jira", "person": "@josie", "workspace": "Acme", "account": "josie@acme.com", "error": "server_error"}
FACTS = (("Slack", "@josie, Acme"), ("Jira", "Josie Vega, josie@acme.com"), ("Code", "2ABC-DEFG"))
CHOICES = (("c-1", "Acme"), ("c-2", "Acme Labs"))
ENTRIES = (Entry("id", "partnerUserID", secret=False), Entry("secret", "partnerUserSecret", secret=True))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [*((kind, False) for kind in PageKind), *((kind, True) for kind in SHARED_TEXTS)]


SCOPES = "channels:history, channels:read, chat:write, commands, groups:history, im:history, users:read.email"
INSTALLING = {
    "workspace": "Acme-Laboratories-of-the-North",
    "id": "T0ACME0123456",
    "error": "invalid_team_for_non_distributed_app",
    "scopes": SCOPES,
    "missing": WITHOUT_OPTIONAL.format(scopes=SCOPES),
}


@pytest.fixture(scope="module", params=["light", "dark"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A small screen in each of the two colour schemes."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=request.param)
    yield context.new_page()
    context.close()


def shown(kind: PageKind, *, shared: bool) -> Shown:
    """A page with everything on it that it can have."""
    buttons = {button for button, _ in text_of(kind, shared=shared).buttons}
    asks = bool(buttons & {Do.CONFIRM, Do.CHOOSE})
    return Shown(
        kind,
        VALUES,
        f"{ORIGIN}/connect/page",
        facts=FACTS if asks or kind is PageKind.DONE else (),
        reasons=tuple(Reason) if asks else (),
        alert=Alert.NO_CHOICE if asks else Alert.KEY_WRONG if kind is PageKind.KEY else None,
        choices=CHOICES if Do.CHOOSE in buttons else (),
        entries=ENTRIES if kind is PageKind.KEY else (),
        help_url="https://www.expensify.com/tools/integrations/" if kind is PageKind.KEY else "",
        shared=shared,
    )


def judged(window: Page, answer: Answer) -> list[str]:
    """What axe-core finds wrong with it; let in by the browser itself, because the page's policy lets no script in."""
    body, headers = answer["body"], answer["headers"]
    window.route("**/*", lambda route: route.fulfill(status=answer["statusCode"], headers=headers, body=body))
    window.goto(f"{ORIGIN}/connect/page")
    window.evaluate(AXE.read_text(encoding="utf-8"))
    found = window.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert found["passes"], "it looked at something"
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits the screen"
    return [f"{wrong['id']}: {node['html']}" for wrong in found["violations"] for node in wrong["nodes"]]


@pytest.mark.parametrize(("kind", "shared"), PAGES, ids=str)
def test_a_page_can_be_read_and_used_by_everybody(window: Page, kind: PageKind, shared: bool) -> None:
    assert judged(window, page_answer(shown(kind, shared=shared), "reference")) == []


@pytest.mark.parametrize("kind", InstallKind)
def test_so_can_an_admins_page(window: Page, kind: InstallKind) -> None:
    link = f"{ORIGIN}/slack/install" if kind in LINKS else ""
    answer = install_answer(InstallPage(kind, INSTALLING, link), "reference")
    assert judged(window, answer) == []
    links = window.get_by_role("link").all()
    assert [one.inner_text() for one in links] == ([LINKS[kind]] if link else [])
    assert all(box["height"] >= 44 for one in links if (box := one.bounding_box()))


def test_so_can_the_page_that_goes_on_by_itself(window: Page) -> None:
    """All but its refresh, which WCAG allows at once (F41 is about delays), and which is there with a plain link."""
    onward = onward_answer(Onward(f"{ORIGIN}/connect/next", "Slack", "0" * 64), after_post=True)
    onward["body"] = str(onward["body"]).replace("0;url=", "9999;url=")
    assert [one for one in judged(window, onward) if not one.startswith("meta-refresh")] == []


def test_axe_finds_what_is_wrong(window: Page) -> None:
    good = page_answer(shown(PageKind.KEY, shared=False), "reference")
    bad = {**good, "body": str(good["body"]).replace("<label for=", "<b id=").replace("</label>", "</b>")}
    assert any(one.startswith("label") for one in judged(window, bad))  # type: ignore[arg-type] - an answer changed

"""How Slack's mrkdwn becomes elements, judged by the markup that a browser reads back."""

import pytest
from playwright.sync_api import Page

from tests.sandbox.page.browsers import Open

pytestmark = pytest.mark.browser

RENDER = """async (text) => {
  const [{ mrkdwn }, { Names }] = await Promise.all([import("/script/mrkdwn.js"), import("/script/names.js")]);
  const names = new Names([{ id: "U0JOSIE", name: "josie" }], [{ id: "C0APPROVALS", name: "approvals" }]);
  const box = document.createElement("div");
  box.append(...mrkdwn(text, names));
  return box.innerHTML.replaceAll(' target="_blank" rel="noopener noreferrer"', "");
}"""

LINES = {
    "*bold* _it_ ~old~": "<strong>bold</strong> <em>it</em> <s>old</s>",
    "*a _b_ c*": "<strong>a <em>b</em> c</strong>",
    "2*3*4 and snake_case_name": "2*3*4 and snake_case_name",
    "* not bold *": "* not bold *",
    "`*code*`": "<code>*code*</code>",
    "_see <https://example.com/a_b|it>_": '<em>see <a href="https://example.com/a_b">it</a></em>',
    "<https://example.com/?a=1&amp;b=2>": '<a href="https://example.com/?a=1&amp;b=2">https://example.com/?a=1&amp;b=2</a>',
    "see https://example.com/x.": 'see <a href="https://example.com/x">https://example.com/x</a>.',
    "<mailto:josie@acme.com>": '<a href="mailto:josie@acme.com">josie@acme.com</a>',
    "<javascript:alert(1)|click>": "<span>click</span>",
    "<@U0JOSIE> <#C0APPROVALS> <!here>": (
        '<span class="mention">@josie</span> <span class="mention">#approvals</span> <span class="mention">@here</span>'
    ),
    "<@U0NOBODY>": '<span class="mention">@U0NOBODY</span>',
    "<!date^45240^{date_num} {time}|then>": "<time>01/01/1970 12:34</time>",
    "<!date^0^{nonsense}|then>": "<time>then</time>",
    "<!date^0^{date_short}^https://example.com/|then>": '<a href="https://example.com/">1 Jan 1970</a>',
    ":white_check_mark: :acme_logo:": "✅ :acme_logo:",
    "&lt;b&gt; &amp;amp; <b>": "&lt;b&gt; &amp;amp; <span>b</span>",
    "<img src=x onerror=alert(1)>": "<span>img src=x onerror=alert(1)</span>",
}


@pytest.fixture
def anywhere(open_as: Open) -> Page:
    """The page, for its modules."""
    return open_as()


def test_each_mark_becomes_its_element_and_nothing_else_becomes_markup(anywhere: Page) -> None:
    """Slack's documented marks, word edges, escapes, and text that would be an attack if it were read as HTML."""
    shown = {text: anywhere.evaluate(RENDER, text) for text in LINES}
    assert shown == {text: f'<span class="run">{markup}</span>' for text, markup in LINES.items()}


def test_quotes_and_fences_stand_by_themselves(anywhere: Page) -> None:
    """Quoted lines join into one quote; what is inside a fence keeps its marks."""
    shown = anywhere.evaluate(RENDER, "before\n&gt; one\n> *two*\nafter\n```\n*x* &lt;y&gt;\n```")
    assert shown == (
        '<span class="run">before</span><blockquote>one\n<strong>two</strong></blockquote>'
        '<span class="run">after</span><pre><code>*x* &lt;y&gt;\n</code></pre>'
    )


def test_a_long_hostile_text_is_rendered_at_once(anywhere: Page) -> None:
    """Text made to let a careless pattern backtrack for ever."""
    text = "*" + "<a>`b`" * 400 + " *_~" * 150
    took = anywhere.evaluate(
        f"async (text) => {{ const at = performance.now(); await ({RENDER})(text); return performance.now() - at }}",
        text,
    )
    assert took < 1000

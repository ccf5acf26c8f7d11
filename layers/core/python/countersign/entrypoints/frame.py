"""What every page for a browser stands in."""

from collections.abc import Sequence

from countersign.domain.page_texts.phrases import LANGUAGE, PRODUCT
from countersign.entrypoints.html import Element, Style, document, element
from countersign.entrypoints.page_style import CSS


def framed(title: str, body: Sequence[Element], *more_head: Element) -> str:
    """A page of ours around ``body``: title, mark, heading and style. Nothing is loaded or run."""
    head: list[Element | Style] = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width,initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        *more_head,
        element("title", f"{title} · {PRODUCT}"),
        Style(CSS),
    ]
    main = element("main", element("p", _mark(), PRODUCT, class_="mark"), element("h1", title), *body)
    return document(LANGUAGE, head, element("body", main))


def _mark() -> Element:
    """A signature's tick beside a line: decoration only."""
    path = element("path", d="M3 18h18M4 12l5 4L20 4")
    drawn = {"viewBox": "0 0 24 24", "fill": "none", "stroke": "currentColor", "aria_hidden": "true"}
    return element("svg", path, stroke_width="2.4", stroke_linecap="round", **drawn)

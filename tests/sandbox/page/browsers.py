"""How the page's tests open it."""

from collections.abc import Callable

from playwright.sync_api import Page

Open = Callable[..., Page]
"""Opens the page as a person at a place."""

"""Tables as wide as they like, wherever the tests run: rich asks for the terminal's width when it is imported."""

import pytest

from countersign_cli import catalog_folder


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    for console in (catalog_folder.out, catalog_folder.err):
        monkeypatch.setattr(console, "width", 300)

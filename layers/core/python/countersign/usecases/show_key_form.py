"""The page on which a person enters a key, for an app without OAuth."""

from dataclasses import dataclass, replace

from countersign.domain.catalog import App
from countersign.domain.errors import ConfigurationError
from countersign.domain.hosts import fill_settings
from countersign.domain.pages import Alert, Entry, Page, PageKind, connect_address, page_about
from countersign.domain.sign_in import Intent
from countersign.ports.apps import AppSettings, LinkResolver


@dataclass(frozen=True)
class ShowKeyForm:
    """Made from the app file alone: nothing that was entered comes back."""

    settings: AppSettings
    link: LinkResolver

    def __call__(
        self, intent: Intent, app: App, secret: str, alert: Alert | None = None, *, tries_left: int = 0, cause: str = ""
    ) -> Page:
        """The page. Raises ConfigurationError. ``secret``: the KEY leg's, which the form posts to."""
        credential = app.credential
        if credential is None:
            raise ConfigurationError(f"{app.id}: this app takes no key")
        address = connect_address(intent, secret)
        named = {"hint": credential.hint, "tries_left": str(tries_left)}
        return replace(
            page_about(PageKind.KEY, intent, app.name, address, cause, **named),
            address=address,
            alert=alert,
            entries=tuple(Entry(name, field.label, field.secret) for name, field in credential.fields.items()),
            help_url=self.link(fill_settings(app, credential.help_url, self.settings(app.id))),
        )

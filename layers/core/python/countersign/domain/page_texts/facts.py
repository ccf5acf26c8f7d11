"""What stands beside what in a page's list of facts."""

from typing import Final

SLACK: Final = "Slack"
EVERYONE: Final = "Everyone in {workspace} (connected by {person})"
CODE: Final = "Code"
NO_ADDRESS: Final = "no address known"

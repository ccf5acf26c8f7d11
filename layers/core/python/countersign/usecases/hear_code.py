"""Hears the code of a sign-in that its person types in chat, while one is waited for."""

from dataclasses import dataclass

from countersign.domain.errors import Conflict
from countersign.domain.interaction import Interaction, Kind
from countersign.domain.message import Message
from countersign.domain.proof import CODE_TRIES, WantedCode, read_code
from countersign.domain.texts import sign_in as texts
from countersign.ports.records import AuditLog
from countersign.ports.sign_ins import SignInStore
from countersign.ports.system import Clock


@dataclass(frozen=True)
class HearCode:
    """Three tries a code, each counted with the very write that judges it. Whoever else types it is not heard.

    Nothing is connected here: the browser that shows the code goes on with it.
    """

    sign_ins: SignInStore
    audit: AuditLog
    clock: Clock

    def __call__(self, interaction: Interaction) -> Message | None:
        """The answer; None where this is no code, or none is waited for. Raises StoreUnavailable."""
        typed = read_code(interaction.value) if interaction.kind is Kind.TEXT else None
        wanted = self.sign_ins.wanted_code(interaction.person) if typed else None
        while typed and wanted is not None and wanted.waits(self.clock()):
            tried = wanted.tried(typed)
            self._record(interaction, tried)
            try:
                self.sign_ins.save_code(tried, was=wanted)
            except Conflict:
                wanted = self.sign_ins.wanted_code(interaction.person)  # another message was faster
                continue
            return _answer(tried)
        heard = typed and wanted is not None and wanted.proved and wanted.is_code(typed)
        return texts.code_heard() if heard else None

    def _record(self, interaction: Interaction, tried: WantedCode) -> None:
        event = "sign_in.code_typed" if tried.proved else "sign_in.code_wrong"
        facts = {"workspace": interaction.workspace.id, "tries": str(tried.tries), "trace_id": interaction.trace_id}
        self.audit.record(event, interaction.person, facts, once=f"{interaction.id} {tried.tries}", at=interaction.at)


def _answer(tried: WantedCode) -> Message:
    return texts.code_heard() if tried.proved else texts.code_wrong(CODE_TRIES - tried.tries)

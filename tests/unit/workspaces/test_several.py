"""One deployment in several workspaces: strangers are told from siblings, and hooks name where they mean."""

from dataclasses import replace

import pytest

from countersign.domain.errors import Malformed, Unverified
from countersign.domain.identity import Person, Workspace
from countersign.domain.installation import Installation
from countersign.domain.webhook import EVERYWHERE, THE_ONLY_ONE
from countersign.usecases.find_workspace import FindWorkspace
from countersign.usecases.recognise_strangers import RecogniseStrangers
from tests.support.acting_world import ActingWorld
from tests.support.memory_chat import MemoryChat
from tests.support.memory_workspaces import ACME, LABS, NOW, ORGANISATION, SALES, MemoryInstallationStore

ANY = frozenset({EVERYWHERE})


def finding(
    *installations: Installation, several: bool = True, home: Workspace | None = None, allowed: str = ""
) -> FindWorkspace:
    store = MemoryInstallationStore()
    for installation in installations:
        store.put(installation)
    return FindWorkspace(MemoryChat(), store, lambda: several, lambda: home, frozenset(allowed.split()))


def test_a_hook_that_names_none_means_the_only_one() -> None:
    assert finding(ACME)(None, ANY) == Workspace("T0ACME")


@pytest.mark.parametrize("installation", [ACME, LABS, ORGANISATION, SALES])
def test_a_hook_means_the_one_that_it_names(installation: Installation) -> None:
    assert finding(ACME, LABS, ORGANISATION, SALES)(installation.workspace.id, ANY) == installation.workspace


@pytest.mark.parametrize("several", [True, False])
def test_a_hook_means_none_that_was_taken_off_the_list(*, several: bool) -> None:
    """Nor does it by being the only one that is left, nor by its organisation, nor as the operator's own."""
    assert finding(ACME, LABS, allowed="T0ACME")("T0ACME", ANY) == ACME.workspace
    assert finding(ACME, LABS, allowed="T0ACME")(None, ANY) == ACME.workspace
    assert finding(ACME, SALES, allowed="E0ACME")(None, ANY) == SALES.workspace
    gone = finding(ACME, SALES, several=several, home=LABS.workspace, allowed="T0ELSE")
    for named in (None, "T0ACME", "T0SALES", "E0ACME", "T1LABS"):
        with pytest.raises(Malformed):
            gone(named, ANY)


def test_an_organisation_names_its_only_workspace() -> None:
    assert finding(ACME, SALES)("E0ACME", ANY) == SALES.workspace


@pytest.mark.parametrize("named", [None, "T9OTHER", 7, ["T0ACME"], ""])
def test_a_hook_that_names_none_of_several_is_told_which_field_is_wrong(named: object) -> None:
    with pytest.raises(Malformed, match="workspace"):
        finding(ACME, LABS)(named, ANY)


def test_a_removed_workspace_is_none() -> None:
    with pytest.raises(Malformed, match="workspace is not one"):
        finding(ACME, replace(LABS, gone_at=NOW + 1))("T1LABS", ANY)


def test_the_bot_that_was_given_has_its_place_beside_the_installed_ones() -> None:
    find = finding(LABS, home=Workspace("T0ACME"))
    assert [find("T0ACME", ANY), find("T1LABS", ANY)] == [Workspace("T0ACME"), Workspace("T1LABS")]


def test_a_deployment_for_one_workspace_asks_its_bot_alone() -> None:
    assert finding(LABS, several=False)(None, ANY) == Workspace("T0ACME")


@pytest.mark.parametrize(
    ("named", "proved"),
    [("T0ACME", {"T0ACME"}), ("T0ACME", {"T1LABS", "T0ACME"}), (SALES.workspace.id, {"E0ACME"}), ("T1LABS", ANY)],
)
def test_a_secret_opens_the_workspaces_that_it_is_for(named: str, proved: set[str]) -> None:
    assert finding(ACME, LABS, SALES)(named, proved).id == named


@pytest.mark.parametrize("proved", [{"T1LABS"}, {THE_ONLY_ONE}, set(), {"E0OTHER"}, {"T0"}])
def test_and_no_other(proved: set[str]) -> None:
    with pytest.raises(Unverified):
        finding(ACME, LABS)("T0ACME", proved)


@pytest.mark.parametrize("several", [True, False])
def test_one_that_names_none_is_for_the_only_one_there_is(*, several: bool) -> None:
    assert finding(ACME, several=several)(None, {THE_ONLY_ONE}) == Workspace("T0ACME")


@pytest.mark.parametrize("foreign", [False, None])
def test_where_countersign_is_not_installed_any_more_everybody_is_a_stranger(foreign: bool | None) -> None:
    world = ActingWorld()
    interaction = world.click(Person("T1LABS", "U1"), workspace=Workspace("T1LABS"), foreign=foreign)
    listed = frozenset({"T0ACME", "T1LABS"})
    assert RecogniseStrangers(MemoryChat(home=None), listed, lambda: True)(interaction)
    assert RecogniseStrangers(MemoryChat(home=Workspace("T0ACME")), listed, lambda: True)(interaction)
    assert not RecogniseStrangers(MemoryChat(home=Workspace("T1LABS")), listed, lambda: True)(interaction)


@pytest.mark.parametrize(("foreign", "stranger"), [(False, False), (True, True), (None, False)])
def test_a_sibling_of_the_organisation_is_no_stranger(foreign: bool | None, stranger: bool) -> None:
    world = ActingWorld()
    sales = Workspace("T0SALES", "E0ACME")
    interaction = world.click(Person("E0ACME", "U1"), workspace=sales, foreign=foreign)
    chat = MemoryChat(home=Workspace("T0LEGAL", "E0ACME"))
    assert RecogniseStrangers(chat, frozenset({"E0ACME"}), lambda: True)(interaction) is stranger
    assert chat.spoke_in == [sales]


def test_a_deployment_for_one_listed_workspace_asks_chat_nothing_more() -> None:
    world = ActingWorld()
    interaction = world.click(Person("T0ACME", "U1"), foreign=False)
    assert not RecogniseStrangers(MemoryChat(home=None), frozenset({"T0ACME"}), lambda: False)(interaction)

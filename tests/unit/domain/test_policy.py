"""What a company demands of accounts: which rule holds where, and who breaks it."""

import pytest

from countersign.domain.connection import Account, Site
from countersign.domain.identity import Workspace
from countersign.domain.policy import Breach, EmailRule, OtherAccount, Policy, PolicyRule, policy_for, same_address

ACME = Workspace("T0ACME")
GRID = Workspace("T0ACME", "E0ACME")
JOSIE = Account("a1", "josie", "Josie", "josie@acme.com", "Acme", "00D1")
OTHER = Account("a2", "jo", "Josie", "josie@acme.com", "Acme", "00D1")
EMAIL, ASKED = EmailRule.REQUIRE, OtherAccount.REFUSE


def breach(policy: Policy, account: Account, **changed: object) -> Breach | None:
    known = {"email": "josie@acme.com", "existing": None, "shared": False} | changed
    return policy.breach(account, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "workspace", "expected"),
    [
        ([], ACME, Policy()),
        ([PolicyRule(email=EMAIL)], ACME, Policy(email=EMAIL)),
        ([PolicyRule(apps=frozenset({"box"}), email=EMAIL)], ACME, Policy()),
        ([PolicyRule(workspaces=frozenset({"T0OTHER"}), email=EMAIL)], ACME, Policy()),
        ([PolicyRule(workspaces=frozenset({"E0ACME"}), email=EMAIL)], GRID, Policy(email=EMAIL)),
        ([PolicyRule(workspaces=frozenset({"E0ACME"}), email=EMAIL)], ACME, Policy()),
        ([PolicyRule(email=EMAIL), PolicyRule(email=EmailRule.OFF)], ACME, Policy(email=EmailRule.OFF)),
        (
            [PolicyRule(email=EMAIL, organisation="00D1"), PolicyRule(other_account=ASKED)],
            ACME,
            Policy("00D1", EMAIL, ASKED),
        ),
        ([PolicyRule(organisation="00D1"), PolicyRule(organisation="")], ACME, Policy()),
    ],
)
def test_of_all_that_is_said_about_an_app_here_the_last_word_counts(
    rules: list[PolicyRule], workspace: Workspace, expected: Policy
) -> None:
    assert policy_for(rules, "salesforce", workspace) == expected


@pytest.mark.parametrize("organisation_id", [None, "", "00D2", "00d1", "00D1 ", "Acme"])
def test_an_account_of_no_or_another_organisation_is_refused(organisation_id: str | None) -> None:
    account = Account("a1", "josie", "Josie", "josie@acme.com", "00D1", organisation_id)
    assert breach(Policy(organisation="00D1"), account) is Breach.ORGANISATION
    assert breach(Policy(), account) is None


def test_an_account_of_the_demanded_organisation_may_be_bound_also_for_everyone() -> None:
    assert breach(Policy(organisation="00D1"), JOSIE) is None
    assert breach(Policy(organisation="00D1"), JOSIE, shared=True) is None


def test_of_several_places_only_the_demanded_one_is_left() -> None:
    offered, policy = (Site("c-1", "c-2"), Site("c-2", "Acme")), Policy(organisation="c-2")
    assert (policy.sites(offered), Policy().sites(offered)) == (offered[1:], offered)
    assert breach(policy, JOSIE, sites=policy.sites(offered)) is None
    assert breach(policy, JOSIE, sites=policy.sites(offered[:1])) is Breach.ORGANISATION


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        ("josie@acme.com", "Josie@ACME.com", True),
        ("josie@acme.com", "josie@acme.com.evil.example", False),
        ("josie@acme.com", None, False),
        (None, "josie@acme.com", False),
        (None, None, False),
        ("", "", False),
        ("straße@acme.com", "STRASSE@acme.com", False),
        ("ﬁ@acme.com", "fi@acme.com", False),
    ],
)
def test_a_demanded_address_must_be_there_twice_and_be_the_same(
    here: str | None, there: str | None, same: bool
) -> None:
    account = Account("a1", "josie", "Josie", there)
    assert same_address(here, there) is same
    assert breach(Policy(email=EMAIL), account, email=here) is (None if same else Breach.EMAIL)
    assert breach(Policy(email=EMAIL), account, email=here, shared=True) is None, "nobody's own address is expected"
    assert breach(Policy(email=EmailRule.WARN), account, email=here) is None, "that is asked, not refused"


def test_another_account_than_the_present_one_is_refused_where_that_is_said() -> None:
    refuse = Policy(other_account=ASKED)
    assert breach(refuse, JOSIE, existing=OTHER) is Breach.OTHER_ACCOUNT
    assert breach(refuse, JOSIE, existing=OTHER, shared=True) is Breach.OTHER_ACCOUNT
    assert breach(refuse, JOSIE, existing=JOSIE) is None
    assert breach(refuse, JOSIE) is None
    assert breach(Policy(), JOSIE, existing=OTHER) is None


def test_what_the_build_wrote_is_read() -> None:
    raw: dict[str, list[str] | str] = {"apps": ["box"], "workspaces": ["T0ACME"], "organisation": "require:9901"}
    rule = PolicyRule.from_compiled({**raw, "email": "off", "other_account": "refuse"})
    assert rule == PolicyRule(frozenset({"box"}), frozenset({"T0ACME"}), "9901", EmailRule.OFF, ASKED)
    assert PolicyRule.from_compiled({"organisation": "off"}).organisation == ""


@pytest.mark.parametrize("organisation", ["require:", "9901", "demand:9901"])
def test_what_the_build_does_not_write_stops_it(organisation: str) -> None:
    with pytest.raises(ValueError, match="an organisation is off"):
        PolicyRule.from_compiled({"organisation": organisation})

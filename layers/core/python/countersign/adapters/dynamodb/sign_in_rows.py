"""Rows of a sign-in: intents, legs and wanted codes, each with its keys, its attributes, its place in the due index."""

from dataclasses import asdict
from typing import Final

from countersign.adapters.dynamodb.reading import checked, listed
from countersign.adapters.dynamodb.rows import account_item, read_account, read_sealed, sealed_item, without_nothing
from countersign.adapters.dynamodb.table import Item
from countersign.domain.connection import Site
from countersign.domain.identity import Person
from countersign.domain.proof import Proof, WantedCode
from countersign.domain.sign_in import WHOLE_SECONDS, Intent, IntentStatus, Leg, LegStep

HELP_AFTER: Final = 180
"""Seconds after which a person whose browser set out and never came back gets help."""
KEPT_SECONDS: Final = 86_400
"""Seconds that spent rows stay, so that a late click gets a page that says what happened."""
DUE_HELP: Final = "sign_in_help"
DUE_TOKENS: Final = "unconfirmed_tokens"


def help_is_due(intent: Intent) -> bool:
    """Whether its person set out and did not arrive."""
    return intent.opened_at is not None and intent.status is IntentStatus.OPEN and not intent.helped


def intent_item(intent: Intent) -> Item:
    """The row to write."""
    help_due = help_is_due(intent)
    return without_nothing(
        {
            "pk": f"intent#{intent.id_hash}",
            "sk": "intent",
            "person": intent.person.key,
            "workspace": intent.workspace,
            "tenant": intent.person.tenant,
            "organisation": intent.organisation,
            "app": intent.app,
            "base_url": intent.base_url,
            "person_name": intent.person_name,
            "person_email": intent.person_email,
            "workspace_name": intent.workspace_name,
            "created_at": intent.created_at,
            "expires_at": intent.expires_at,
            "status": intent.status.value,
            "wrong_workspace_tries": intent.wrong_workspace_tries,
            "opened_at": intent.opened_at,
            "prompt": sealed_item(intent.prompt),
            "helped": intent.helped,
            "trace_id": intent.trace_id,
            "shared": intent.shared or None,
            "step_up": intent.step_up or None,
            "due_kind": DUE_HELP if help_due else None,
            "due_at": (intent.opened_at or 0) + HELP_AFTER if help_due else None,
            "ttl": intent.expires_at + KEPT_SECONDS,
        }
    )


def link_item(intent: Intent) -> Item:
    """A row among its person's, in the order of their time: by this alone a person's links are found."""
    return {
        "pk": f"links#{intent.person.key}",
        "sk": f"{intent.created_at:010}#{intent.id_hash}",
        "ttl": intent.created_at + WHOLE_SECONDS,
    }


@checked
def read_intent(item: Item) -> Intent:
    """The intent again; what an earlier version wrote lacks what came since."""
    return Intent(
        id_hash=item["pk"].removeprefix("intent#"),
        person=Person.from_key(item["person"]),
        workspace=item["workspace"],
        organisation=item.get("organisation"),
        app=item["app"],
        base_url=item["base_url"],
        person_name=item["person_name"],
        person_email=item.get("person_email"),
        workspace_name=item["workspace_name"],
        created_at=item["created_at"],
        expires_at=item["expires_at"],
        status=IntentStatus(item["status"]),
        wrong_workspace_tries=item["wrong_workspace_tries"],
        opened_at=item.get("opened_at"),
        prompt=read_sealed(item.get("prompt")),
        helped=item["helped"],
        trace_id=item.get("trace_id", ""),
        shared=item.get("shared", False),
        step_up=item.get("step_up", False),
    )


def code_item(wanted: WantedCode) -> Item:
    """The row to write."""
    return {
        "pk": f"code#{wanted.person.key}",
        "sk": "code",
        "leg": wanted.leg_hash,
        "code": wanted.code_hash,
        "until": wanted.expires_at,
        "tries": wanted.tries,
        "proved": wanted.proved,
        "ttl": wanted.expires_at + KEPT_SECONDS,
    }


@checked
def read_code(person: Person, item: Item) -> WantedCode:
    """The code again."""
    return WantedCode(person, item["leg"], item["code"], item["until"], item["tries"], item["proved"])


def leg_item(leg: Leg) -> Item:
    """The row to write."""
    return without_nothing(
        {
            "pk": f"leg#{leg.id_hash}",
            "sk": "leg",
            "intent": leg.intent_hash,
            "app": leg.app,
            "cookie": leg.cookie_hash,
            "step": leg.step.value,
            "expires_at": leg.expires_at,
            "nonce": leg.nonce,
            "account": account_item(leg.account),
            "sealed": sealed_item(leg.sealed),
            "scopes": list(leg.scopes),
            "token_expires_at": leg.token_expires_at,
            "version": leg.version,
            "signed_in_at": leg.signed_in_at or None,
            "replaces_account": leg.replaces_account or None,
            "given_back": leg.given_back or None,
            "person_email": leg.person_email,
            "sites": [asdict(site) for site in leg.sites] or None,
            "site": leg.site or None,
            "declined": leg.declined or None,
            "proof": leg.proof.value,
            "due_kind": DUE_TOKENS if leg.sealed else None,
            "due_at": leg.expires_at if leg.sealed else None,
            "ttl": leg.expires_at + KEPT_SECONDS,
        }
    )


@checked
def read_leg(item: Item) -> Leg:
    """The leg again; what an earlier version wrote lacks what came since."""
    return Leg(
        id_hash=item["pk"].removeprefix("leg#"),
        intent_hash=item["intent"],
        app=item["app"],
        cookie_hash=item["cookie"],
        step=LegStep(item["step"]),
        expires_at=item["expires_at"],
        nonce=item["nonce"],
        account=read_account(item.get("account")),
        sealed=read_sealed(item.get("sealed")),
        scopes=tuple(listed(item["scopes"])),
        token_expires_at=item.get("token_expires_at"),
        version=item["version"],
        signed_in_at=item.get("signed_in_at", 0),
        replaces_account=item.get("replaces_account", ""),
        given_back=item.get("given_back", ""),
        person_email=item.get("person_email"),
        sites=tuple(Site(**site) for site in listed(item.get("sites", ()))),
        site=item.get("site", ""),
        declined=item.get("declined", False),
        proof=Proof(item.get("proof", Proof.SIWS)),
    )

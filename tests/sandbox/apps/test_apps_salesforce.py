"""Salesforce's REST calls: shapes, permissions, and whom it records."""

from typing import Any

import pytest

pytestmark = pytest.mark.timeout(60)
DATA = "/services/data/v64.0"
DEAL = {"Name": "Adatum: 20 seats", "StageName": "Prospecting", "CloseDate": "2027-01-31", "Amount": 1200}


@pytest.fixture
def token(salesforce: Any) -> Any:
    """Access tokens by first name, made when asked for."""
    made: dict[str, str] = {}

    def of(name: str) -> str:
        return made.setdefault(name, salesforce.connect(f"{name}@acme.com")["access_token"])

    return of


def soql(salesforce: Any, token: str, query: str, where: str = "") -> Any:
    text = f"{query} WHERE {where}" if where else query
    return salesforce.call("GET", f"{DATA}/query", token, params={"q": text})


def pending(salesforce: Any, token: str, name: str) -> tuple[str, str]:
    """(opportunity, work item) of a sample deal."""
    query = "SELECT Id, ActorId, ProcessInstance.TargetObjectId FROM ProcessInstanceWorkitem"
    where = f"ProcessInstance.TargetObject.Name = '{name}'"
    record = soql(salesforce, token, query, where).json()["records"][0]
    return record["ProcessInstance"]["TargetObjectId"], record["Id"]


def approve(salesforce: Any, token: str, *items: str, action: str = "Approve") -> Any:
    asked = [{"actionType": action, "contextId": item, "comments": "Seen"} for item in items]
    return salesforce.call("POST", f"{DATA}/process/approvals/", token, json={"requests": asked})


def test_userinfo_says_who_and_where(salesforce: Any, token: Any) -> None:
    info = salesforce.call("GET", "/services/oauth2/userinfo", token("josie")).json()
    assert (info["preferred_username"], info["email"], info["name"]) == ("josie@acme.com", "josie@acme.com", "Josie")
    assert (len(info["user_id"]), info["organization_id"][:3]) == (18, "00D")


def test_the_identity_url_of_the_token_answers_its_owner_only(salesforce: Any) -> None:
    josie, tom = salesforce.connect("josie@acme.com"), salesforce.connect("tom@acme.com")
    path = josie["id"].removeprefix("https://login.salesforce.com")
    own = salesforce.call("GET", path, josie["access_token"])
    assert (own.json()["username"], salesforce.call("GET", path, tom["access_token"]).status_code) == (
        "josie@acme.com",
        403,
    )


def test_a_bad_token_is_401_at_the_data_api_and_403_at_the_identity_service(salesforce: Any) -> None:
    data, identity = soql(salesforce, "guess", "SELECT Id FROM User"), "/services/oauth2/userinfo"
    assert (data.status_code, data.json()) == (
        401,
        [{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}],
    )
    answer = salesforce.call("GET", identity, "guess")
    assert (answer.status_code, answer.text) == (403, "Bad_OAuth_Token")


@pytest.mark.parametrize("name", ["josie", "tom"])
def test_an_opportunity_is_created_as_the_person(salesforce: Any, token: Any, name: str) -> None:
    made = salesforce.call("POST", f"{DATA}/sobjects/Opportunity", token(name), json=DEAL)
    key = made.json()["id"]
    assert (made.status_code, made.json()) == (201, {"id": key, "success": True, "errors": []})
    read = salesforce.call(
        "GET", f"{DATA}/sobjects/Opportunity/{key}", token(name), params={"fields": "Name,Owner.Name,CreatedBy.Name"}
    ).json()
    assert (read["Owner"]["Name"], read["CreatedBy"]["Name"]) == (name.capitalize(), name.capitalize())
    assert read["attributes"] == {"type": "Opportunity", "url": f"{DATA}/sobjects/Opportunity/{key}"}


@pytest.mark.parametrize("missing", ["Name", "StageName", "CloseDate"])
def test_a_missing_field_is_named(salesforce: Any, token: Any, missing: str) -> None:
    body = {name: value for name, value in DEAL.items() if name != missing}
    answer = salesforce.call("POST", f"{DATA}/sobjects/Opportunity", token("tom"), json=body)
    assert (answer.status_code, answer.json()) == (
        400,
        [
            {
                "errorCode": "REQUIRED_FIELD_MISSING",
                "message": f"Required fields are missing: [{missing}]",
                "fields": [missing],
            }
        ],
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"CloseDate": "tomorrow"}, "JSON_PARSER_ERROR"),
        ({"Amount": "much"}, "JSON_PARSER_ERROR"),
        ({"Amount": True}, "JSON_PARSER_ERROR"),
        ({"Colour": "red"}, "INVALID_FIELD"),
        ({"CreatedById": "005"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"Name": "x" * 121}, "STRING_TOO_LONG"),
    ],
)
def test_a_wrong_field_is_refused(salesforce: Any, token: Any, change: dict[str, Any], code: str) -> None:
    answer = salesforce.call("POST", f"{DATA}/sobjects/Opportunity", token("tom"), json=DEAL | change)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_an_upsert_creates_once_and_then_updates(salesforce: Any, token: Any) -> None:
    path = f"{DATA}/sobjects/Opportunity/Countersign_Id__c/action-1"
    answers = [salesforce.call("PATCH", path, token("tom"), json=DEAL) for _ in range(2)]
    key = answers[0].json()["id"]
    assert [(a.status_code, a.json()["created"], a.json()["id"]) for a in answers] == [
        (201, True, key),
        (200, False, key),
    ]
    assert salesforce.call("GET", path, token("tom")).json()["Id"] == key
    found = soql(salesforce, token("tom"), "SELECT Id FROM Opportunity WHERE Countersign_Id__c = 'action-1'")
    assert found.json()["totalSize"] == 1


def test_a_second_record_with_the_same_external_id_is_refused(salesforce: Any, token: Any) -> None:
    body = DEAL | {"Countersign_Id__c": "action-2"}
    answers = [
        salesforce.call("POST", f"{DATA}/sobjects/Opportunity", token("tom"), json=body).status_code for _ in range(2)
    ]
    assert answers == [201, 400]


def test_josie_approves_and_is_recorded(salesforce: Any, token: Any) -> None:
    deal, item = pending(salesforce, token("josie"), "Northwind: renewal with 12% discount")
    answer = approve(salesforce, token("josie"), item)
    step = soql(
        salesforce,
        token("josie"),
        "SELECT StepStatus, Comments, Actor.Username, ProcessInstance.LastActorId FROM ProcessInstanceStep",
        f"ProcessInstance.TargetObjectId = '{deal[:15]}' AND StepStatus = 'Approved'",
    ).json()["records"][0]
    me = salesforce.call("GET", "/services/oauth2/userinfo", token("josie")).json()["user_id"]
    assert (answer.status_code, answer.json()) == (
        200,
        [
            {
                "actorIds": None,
                "entityId": deal,
                "errors": None,
                "instanceId": answer.json()[0]["instanceId"],
                "instanceStatus": "Approved",
                "newWorkitemIds": [],
                "success": True,
            }
        ],
    )
    assert (step["Actor"]["Username"], step["Comments"], step["ProcessInstance"]["LastActorId"]) == (
        "josie@acme.com",
        "Seen",
        me,
    )
    assert salesforce.state.audit.entries()[-1].login == "josie@acme.com"


def test_tom_is_refused_inside_a_200_and_nothing_changes(salesforce: Any, token: Any) -> None:
    _, item = pending(salesforce, token("tom"), "Northwind: renewal with 12% discount")
    answer = approve(salesforce, token("tom"), item)
    result = answer.json()[0]
    assert (answer.status_code, result["success"], result["errors"][0]["statusCode"]) == (
        200,
        False,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    )
    assert pending(salesforce, token("tom"), "Northwind: renewal with 12% discount")[1] == item
    assert salesforce.state.audit.entries() == []


def test_each_request_of_a_bulk_has_its_own_result(salesforce: Any, token: Any) -> None:
    _, item = pending(salesforce, token("josie"), "Fabrikam: rollout in three countries")
    results = approve(salesforce, token("josie"), item, item, action="Reject").json()
    assert [(r["success"], r["instanceStatus"]) for r in results] == [(True, "Rejected"), (False, None)]
    assert results[1]["errors"][0]["statusCode"] == "INVALID_CROSS_REFERENCE_KEY"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT Id FROM Invoice", "INVALID_TYPE"),
        ("SELECT Colour FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM Opportunity WHERE Owner.Colour = 'red'", "INVALID_FIELD"),
        ("DELETE Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Name = 'a' OR Name = 'b'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Name = 'a", "MALFORMED_QUERY"),
        ("", "MALFORMED_QUERY"),
    ],
)
def test_a_wrong_query_is_refused(salesforce: Any, token: Any, query: str, code: str) -> None:
    answer = soql(salesforce, token("tom"), query)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)


def test_queries_filter_sort_and_limit(salesforce: Any, token: Any) -> None:
    query = (
        "select Name, Owner.Email from Opportunity where OwnerId != null and Name in "
        "('Contoso: pilot', 'Fabrikam: rollout in three countries') order by Name desc limit 1"
    )
    answer = soql(salesforce, token("tom"), query).json()
    record = answer["records"][0]
    assert (answer["totalSize"], answer["done"], record["Name"], record["Owner"]["Email"]) == (
        1,
        True,
        "Fabrikam: rollout in three countries",
        "tom@acme.com",
    )


def test_a_quote_in_a_query_stays_in_its_string(salesforce: Any, token: Any) -> None:
    body = DEAL | {"Name": "O'Hara's deal"}
    salesforce.call("POST", f"{DATA}/sobjects/Opportunity", token("tom"), json=body)
    answer = soql(salesforce, token("tom"), r"SELECT Name FROM Opportunity WHERE Name = 'O\'Hara\'s deal'")
    assert [record["Name"] for record in answer.json()["records"]] == ["O'Hara's deal"]


def test_an_unknown_record_or_version_is_not_found(salesforce: Any, token: Any) -> None:
    paths = (f"{DATA}/sobjects/Opportunity/006000000000000", "/services/data/latest/query")
    answers = [salesforce.call("GET", path, token("tom")) for path in paths]
    assert [(a.status_code, a.json()[0]["errorCode"]) for a in answers] == [(404, "NOT_FOUND")] * 2

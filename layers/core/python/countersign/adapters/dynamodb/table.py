"""One DynamoDB table: plain dictionaries in and out, conditional writes that survive a lost reply."""

import json
import logging
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from countersign.domain.errors import Conflict, StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

DUE_INDEX: Final = "due-index"
TENANT_INDEX: Final = "tenant-index"
UNREADABLE_PAUSE: Final = 3_600
_LOG: Final = logging.getLogger(__name__)
_WRITE_ID: Final = "write_id"


class _Moved(Conflict):
    """A condition failed; ``there`` is the row as it stands, which the same call brought back."""

    def __init__(self, what: str, there: Any) -> None:
        super().__init__(f"{what}: the row moved")
        self.there: Item | None = _plain(there) if there else None


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code == "ConditionalCheckFailedException":
            raise _Moved(what, error.response.get("Item")) from error
        raise StoreUnavailable(f"{what}: DynamoDB answered {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"{what}: DynamoDB did not answer ({type(error).__name__})") from error


class Table:
    """A table with string keys ``pk`` and ``sk``. Every read is consistent, except over the ``due-index``.

    A conditional write can succeed while its reply is lost; the SDK then repeats it and the condition fails against
    our own row. So every write carries a fresh ``write_id``, and a failed condition brings the row back
    (``ReturnValuesOnConditionCheckFailure``), which tells whether the winner was us.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str) -> Item | None:
        """The row, or None. Raises StoreUnavailable."""
        with _translated(f"get {self._name}"):
            answer = self._client.get_item(TableName=self._name, Key=_keys(pk, sk), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def put(self, item: Item, condition: str | None = None, values: Mapping[str, Any] | None = None) -> None:
        """Write the row whole. Raises Conflict when ``condition`` fails and the row there is not this very write."""
        write_id = secrets.token_hex(8)
        arguments: dict[str, Any] = {"TableName": self._name, "Item": _typed({**item, _WRITE_ID: write_id})}
        if condition:
            arguments["ConditionExpression"] = condition
            arguments |= {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
            arguments |= _names_and_values(condition, values or {})
        with _unless_it_was_us(write_id), _translated(f"put {self._name}"):
            self._client.put_item(**arguments)

    def put_first(self, item: Item) -> Item:
        """Write the row if there is none; the one that stands there then. Needs no right to read."""
        try:
            self.put(item, "attribute_not_exists(pk)")
        except _Moved as moved:
            if moved.there is None:
                raise
            return moved.there
        return item

    def update(self, pk: str, sk: str, change: str, condition: str, values: Mapping[str, Any]) -> None:
        """Change attributes of the row. ``change`` is a SET/REMOVE expression. Raises Conflict, StoreUnavailable."""
        write_id = secrets.token_hex(8)
        change = change.replace("SET ", f"SET #{_WRITE_ID} = :{_WRITE_ID}, ", 1)
        values = {**values, _WRITE_ID: write_id}
        with _unless_it_was_us(write_id), _translated(f"update {self._name}"):
            self._client.update_item(
                TableName=self._name,
                Key=_keys(pk, sk),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                UpdateExpression=change,
                ConditionExpression=condition,
                **_names_and_values(f"{change} {condition}", values),
            )

    def delete(self, pk: str, sk: str, condition: str, values: Mapping[str, Any]) -> None:
        """Remove the row. Raises Conflict, StoreUnavailable."""
        with _translated(f"delete {self._name}"):
            self._client.delete_item(
                TableName=self._name,
                Key=_keys(pk, sk),
                ConditionExpression=condition,
                **_names_and_values(condition, values),
            )

    def query(self, pk: str, prefix: str = "", *, limit: int = 100, newest_first: bool = False) -> Sequence[Item]:
        """Rows of one partition whose ``sk`` begins with ``prefix``, in key order."""
        return self._query(
            "pk = :pk AND begins_with(sk, :prefix)" if prefix else "pk = :pk",
            {"pk": pk, "prefix": prefix} if prefix else {"pk": pk},
            {"ConsistentRead": True, "ScanIndexForward": not newest_first},
            limit,
        )

    def query_local(
        self, index: str, pk: str, prefix: tuple[str, str] | None, *, limit: int, newest_first: bool = False
    ) -> Sequence[Item]:
        """Rows of one partition by a local index; ``prefix`` is (attribute, what it begins with)."""
        condition, values = "pk = :pk", {"pk": pk}
        if prefix:
            condition += f" AND begins_with({prefix[0]}, :prefix)"
            values["prefix"] = prefix[1]
        more = {"IndexName": index, "ConsistentRead": True, "ScanIndexForward": not newest_first}
        return self._query(condition, values, more, limit)

    def pages(self, index: str | None, condition: str, values: Mapping[str, Any]) -> Iterator[Item]:
        """Rows of an index (None: of the table) in key order, read page by page as they are taken."""
        for answer in self._pages(index, condition, values):
            yield from (_plain(item) for item in answer["Items"])

    def count(self, index: str, condition: str, values: Mapping[str, Any], *, only: str) -> int:
        """How many rows of an index there are, of those that ``only`` (a filter) lets through. No row is sent."""
        more = {"Select": "COUNT", "FilterExpression": only}
        return sum(answer["Count"] for answer in self._pages(index, condition, values, more))

    def count_some(self, index: str, condition: str, values: Mapping[str, Any], *, most: int) -> int:
        """The same without a filter, and not beyond ``most``: that many rows are read at most."""
        found = 0
        for answer in self._pages(index, condition, values, {"Select": "COUNT", "Limit": most}):
            found += answer["Count"]
            if found >= most:
                return most
        return found

    def _pages(
        self, index: str | None, condition: str, values: Mapping[str, Any], more: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        more = dict(more or {})
        asked: dict[str, Any] = {
            "TableName": self._name,
            "KeyConditionExpression": condition,
            **({"IndexName": index} if index else {}),
            **_names_and_values(f"{condition} {more.get('FilterExpression', '')}", values),
            **more,
        }
        while True:
            with _translated(f"query {self._name}"):
                answer = self._client.query(**asked)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def page_of_tenant(
        self, tenant: str, workspace: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[tuple[str, str]], str | None]:
        """Keys (``pk``, ``sk``) of what came through a tenant, or one workspace of it, and where the next page begins.

        ``after`` is what the page before gave. The index may lag behind by a moment: look again later.
        """
        condition = "tenant = :tenant" + (" AND workspace = :workspace" if workspace else "")
        values = {"tenant": tenant} | ({"workspace": workspace} if workspace else {})
        keys, following = self.page(TENANT_INDEX, condition, values, after, limit)
        return [(key["pk"], key["sk"]) for key in keys], following

    def page(
        self, index: str | None, condition: str, values: Mapping[str, Any], after: str | None, limit: int
    ) -> tuple[Sequence[Item], str | None]:
        """At most ``limit`` rows of an index (None: of the table), and where the next page begins, if there is one."""
        start = {"ExclusiveStartKey": _typed(json.loads(after))} if after else {}
        answer = next(self._pages(index, condition, values, {"Limit": limit, "ConsistentRead": index is None, **start}))
        last = answer.get("LastEvaluatedKey")
        return [_plain(item) for item in answer["Items"]], json.dumps(_plain(last)) if last else None

    def due[Row](self, kind: str, now: int, limit: int, read: Callable[[Item], Row]) -> Sequence[Row]:
        """Rows of ``kind`` whose ``due_at`` has come, oldest first; the index may lag, so re-check each.

        A row that can't be read (another version wrote it, or somebody's hand) is put off by an hour and logged: it
        must not stop the others.
        """
        condition = "due_kind = :kind AND due_at <= :now"
        rows = []
        for item in self._query(condition, {"kind": kind, "now": now}, {"IndexName": DUE_INDEX}, limit):
            try:
                rows.append(read(item))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with it, it is this one row
                _LOG.error("unreadable row", extra={"table": self._name, "kind": kind, "detail": type(error).__name__})
                self._put_off(item, now + UNREADABLE_PAUSE)
        return rows

    def _put_off(self, item: Item, due_at: int) -> None:
        with suppress(Conflict):
            condition = "attribute_exists(due_at)"
            self.update(item["pk"], item["sk"], "SET due_at = :due_at", condition, {"due_at": due_at})

    def _query(self, condition: str, values: Mapping[str, Any], more: Mapping[str, Any], limit: int) -> Sequence[Item]:
        items: list[Item] = []
        start: dict[str, Any] = {}
        while len(items) < limit:
            with _translated(f"query {self._name}"):
                answer = self._client.query(
                    TableName=self._name,
                    KeyConditionExpression=condition,
                    ExpressionAttributeValues={f":{k}": v for k, v in _typed(dict(values)).items()},
                    Limit=limit - len(items),
                    **more,
                    **start,
                )
            items += [_plain(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return items


@contextmanager
def _unless_it_was_us(write_id: str) -> Iterator[None]:
    try:
        yield
    except _Moved as moved:
        if moved.there is None or moved.there.get(_WRITE_ID) != write_id:
            raise


def _keys(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _names_and_values(expression: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Placeholders ``#name`` and ``:name`` as the call wants them; only those that the expression uses."""
    names = set(re.findall(r"#\w+", expression))
    arguments: dict[str, Any] = {}
    if names:
        arguments["ExpressionAttributeNames"] = {name: name[1:] for name in names}
    if values:
        arguments["ExpressionAttributeValues"] = {f":{k}": v for k, v in _typed(dict(values)).items()}
    return arguments


def _typed(item: Item) -> dict[str, Any]:
    serialise = TypeSerializer().serialize
    return {key: serialise(value) for key, value in item.items() if value is not None}


def _plain(item: Mapping[str, Any]) -> Item:
    deserialise = TypeDeserializer().deserialize
    return {key: _python(deserialise(value)) for key, value in item.items()}


def _python(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value)
        case Binary():
            return value.__bytes__()
        case dict():
            return {key: _python(inner) for key, inner in value.items()}
        case list():
            return [_python(inner) for inner in value]
        case _:
            return value

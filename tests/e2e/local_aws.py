"""The tables of the running stack, for what no button does: forgetting, ageing, and looking at what is stored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3


@dataclass(frozen=True)
class LocalAws:
    """The stack's tables by their logical ids."""

    stack: dict[str, Any]
    resource: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "resource", self._make(boto3.resource, "dynamodb"))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row of a table, such as "ConnectionsTable"."""
        return list(self._table(table).scan(ConsistentRead=True)["Items"])

    def connections(self) -> list[tuple[str, str]]:
        """Whose connection to which app is stored, as (user id, app id)."""
        return sorted((str(row["pk"]).rpartition("/")[2], str(row["app"])) for row in self.rows("ConnectionsTable"))

    def forget_everyone(self) -> None:
        """Remove connections, sign-ins and actions, as if nobody had ever used the product. Cards stay."""
        for table in ("ConnectionsTable", "SignInsTable", "ActionsTable"):
            with self._table(table).batch_writer() as batch:
                for row in self.rows(table):
                    batch.delete_item({"pk": row["pk"], "sk": row["sk"]})

    def age_sign_ins(self, seconds: int) -> None:
        """Let every link and every leg be this much older."""
        for row in self.rows("SignInsTable"):
            for name in {"expires_at", "due_at", "created_at"} & row.keys():
                self._table("SignInsTable").update_item(
                    Key={"pk": row["pk"], "sk": row["sk"]},
                    UpdateExpression="SET #name = #name - :age",
                    ExpressionAttributeNames={"#name": name},
                    ExpressionAttributeValues={":age": seconds},
                )

    def keep_house(self) -> None:
        """Run Housekeeping now, as its schedule does every minute."""
        function = self.stack["functions"]["Housekeeping"]
        answer = self._make(boto3.client, "lambda").invoke(FunctionName=function, Payload=b"{}")
        assert "FunctionError" not in answer, answer["Payload"].read()

    @contextmanager
    def environment(self, function: str, **variables: str) -> Iterator[None]:
        """Let a function have other variables meanwhile, as another value of a parameter would give it."""
        client, name = self._make(boto3.client, "lambda"), self.stack["functions"][function]
        before = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        assert variables.keys() <= before.keys(), "the template gives it these"
        client.update_function_configuration(FunctionName=name, Environment={"Variables": before | variables})
        try:
            yield
        finally:
            client.update_function_configuration(FunctionName=name, Environment={"Variables": before})

    def _make(self, kind: Callable[..., Any], service: str) -> Any:
        return kind(
            service,
            endpoint_url=self.stack["aws_endpoint_url"],
            region_name=self.stack["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def _table(self, logical_id: str) -> Any:
        return self.resource.Table(self.stack["tables"][logical_id])

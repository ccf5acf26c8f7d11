"""The tables of the running stack, for what no button does: forgetting, ageing, and looking at what is stored."""

from dataclasses import dataclass, field
from typing import Any

import boto3


@dataclass(frozen=True)
class LocalAws:
    """The stack's tables by their logical ids."""

    stack: dict[str, Any]
    resource: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        made = boto3.resource(
            "dynamodb",
            endpoint_url=self.stack["aws_endpoint_url"],
            region_name=self.stack["region"],
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        object.__setattr__(self, "resource", made)

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
            if "expires_at" in row:
                self._table("SignInsTable").update_item(
                    Key={"pk": row["pk"], "sk": row["sk"]},
                    UpdateExpression="SET expires_at = expires_at - :age",
                    ExpressionAttributeValues={":age": seconds},
                )

    def _table(self, logical_id: str) -> Any:
        return self.resource.Table(self.stack["tables"][logical_id])

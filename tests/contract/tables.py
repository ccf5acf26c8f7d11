"""The template's own tables on moto: keys, indexes and projections as they are deployed."""

from typing import TYPE_CHECKING, Any

from countersign.adapters.dynamodb.table import Table
from tools.resolve import of_type, resolved

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_SHAPE = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes", "LocalSecondaryIndexes")


def template_table(client: "DynamoDBClient", name: str) -> Table:
    """Make the template's table ``name``, under its own name."""
    properties = of_type(resolved(Stage="local"), "AWS::DynamoDB::Table")[name]
    shape: dict[str, Any] = {part: properties[part] for part in _SHAPE if part in properties}
    client.create_table(TableName=name, **shape)
    return Table(client, name)

"""App files of whose operations one has a mistake in its queries, or in what it is said to be."""

from tests.unit.catalog.broken_files import Broken

SERVICENOW = "apps/servicenow.yaml"

BROKEN_OPERATIONS = [
    Broken(
        "an act that only reads",
        SERVICENOW,
        "    request:\n      method: POST\n",
        "    request:\n      method: GET\n",
        at="      method: GET",
        what="a GET changes nothing, and this operation is to create",
        instead="write the method that the vendor names, or kind: read",
        after="  create_incident:",
    ),
    *[
        Broken(
            f"a field's name for a text: {query}",
            SERVICENOW,
            "    success: result.sys_id",
            f"    success: '{query}' # result.sys_id",
            at="    success: '",
            what='"approved" is a field\'s name in JMESPath, and no text',
            instead="write 'approved' for text",
            after="  create_incident:",
        )
        for query in (
            'result.state == "approved"',
            'result.state != "approved" && result.sys_id',
            '"approved" == result.state',
            'contains(result.states, "approved")',
            '{"state": "approved"}',
        )
    ],
    Broken(
        "a text of several words in double quotes",
        SERVICENOW,
        "    success: result.sys_id",
        """    success: 'result.state == "to be approved"' # result.sys_id""",
        at="    success: '",
        what='"to be approved" is a field\'s name in JMESPath, and no text',
        instead="write 'to be approved' for text",
        after="  create_incident:",
    ),
]

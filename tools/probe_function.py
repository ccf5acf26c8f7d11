"""Start one built function and make everything that its entry point needs. Run by tools.check_build, alone and clean.

Reads the folders of code and layers from standard input. Imports `app`, and asks the composition root for every member
that the entry point's protocol names: so a package that is missing in the layers, or a variable that the template does
not declare, is found here and not on AWS.
"""

import ast
import importlib
import inspect
import json
import sys
from operator import attrgetter
from pathlib import Path
from typing import get_protocol_members


def main() -> None:
    """Raise whatever is wrong."""
    folders = json.load(sys.stdin)
    sys.path[:0] = folders
    app = importlib.import_module("app")
    if not callable(app.handler):
        raise TypeError("app.handler can't be called")
    for member in needed(app, ast.parse((Path(folders[0]) / "app.py").read_text())):
        getattr(app.CONTAINER, member)


def needed(app: object, source: ast.Module) -> list[str]:
    """Return the members of the container that the handler uses, by itself or through its entry point."""
    members = []
    for call in (node for node in ast.walk(source) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and is_begun(call.func.value):
            members.append(call.func.attr)  # CONTAINER.begin(context).keep_house()
        elif isinstance(call.func, ast.Attribute) and any(map(is_begun, call.args)):
            entry_point = attrgetter(ast.unparse(call.func))(
                app
            )  # queues.handle_actions(event, CONTAINER.begin(context))
            members += get_protocol_members(inspect.signature(entry_point).parameters["container"].annotation)
    if not members:
        raise LookupError("the handler does not call CONTAINER.begin(context) in a way that is understood here")
    return sorted(members)


def is_begun(node: ast.expr) -> bool:
    """Tell whether an expression is `CONTAINER.begin(context)`."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "CONTAINER.begin"


if __name__ == "__main__":
    main()

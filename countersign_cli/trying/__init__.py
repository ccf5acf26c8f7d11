"""``countersign try``: a recipe, run by a person of the sandbox, with every request to an app shown."""

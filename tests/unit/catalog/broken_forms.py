"""Recipes that ask people for something in vain."""

from tests.unit.catalog.broken_files import Broken

OPPORTUNITY = "recipes/create_opportunity.yaml"

BROKEN_FORMS = [
    Broken(
        "a field that nothing uses",
        OPPORTUNITY,
        "          amount: ${input.amount}\n",
        "",
        at="      amount:",
        what="people are asked for amount, and nothing is done with it",
        instead="use ${input.amount} in a step or in the reply, or remove the field",
    ),
    Broken(
        "a comment that no card shows",
        OPPORTUNITY,
        "      amount:\n",
        "      comment: {label: Comment}\n      amount:\n",
        at="      comment:",
        what="people are asked for comment, and nothing is done with it",
        instead="use ${input.comment} in a step or in the reply, or remove the field",
    ),
]

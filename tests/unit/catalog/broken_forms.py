"""Recipes that ask people for something in vain."""

from tests.unit.catalog.broken_files import Broken

CHANGE = "recipes/approve_change.yaml"
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
    Broken(
        "a secret that is too short to be told from other text",
        OPPORTUNITY,
        "        label: Description\n",
        "        label: Description\n        secret: true\n",
        at="        secret:",
        what="so short an answer can't be told from the rest of what an app says, and kept out of it",
        instead="add min_length: 6 or more",
    ),
    Broken(
        "a secret number",
        OPPORTUNITY,
        "        label: Amount\n",
        "        label: Amount\n        secret: true\n",
        at="        secret:",
        what="a number is no secret: its answers are known or can be tried",
        instead="write kind: text",
    ),
    Broken(
        "a secret that the reply says",
        OPPORTUNITY,
        "        label: Name\n",
        "        label: Name\n        secret: true\n        min_length: 6\n",
        at="    reply:",
        what="${input.name} is secret, and a reply stays in chat",
        instead="leave it out",
    ),
    Broken(
        "a secret in the link's address",
        OPPORTUNITY,
        "        label: Description\n",
        "        label: Description\n        secret: true\n        min_length: 6\n",
        at="    link:",
        what="${input.description} is secret, and a link stays in chat",
        instead="leave it out",
        change=("Opportunity/${steps.create.id}/view", "Opportunity/${input.description}/view"),
    ),
    Broken(
        "a secret that begins as what stands in a message",
        OPPORTUNITY,
        "        label: Description\n",
        "        label: Description\n        secret: true\n        min_length: 6\n        initial: ${message.text}\n",
        at="        initial:",
        what="what stands in a message is no secret",
        instead="remove it, or secret",
        change=("command: create opportunity", "command: create opportunity\nmessage_shortcut: Make a deal"),
    ),
    Broken(
        "a comment that everybody sees as a secret",
        CHANGE,
        "        label: Why?\n",
        "        label: Why?\n        secret: true\n        min_length: 6\n",
        at="        secret:",
        what="what is called comment is shown with the decision",
        instead="give the field another name",
    ),
    Broken(
        "a secret that a hook brings",
        CHANGE,
        "    label: Risk\n",
        "    label: Risk\n    secret: true\n",
        at="    secret:",
        what="what a hook brings is kept with its card, and cards are for others to read",
        instead="remove it, and let the hook leave the value out",
    ),
]

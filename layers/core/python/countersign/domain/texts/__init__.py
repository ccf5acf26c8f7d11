"""Everything Countersign says in chat, in one place. Short, plain, honest: what happened, to what, what to do next."""

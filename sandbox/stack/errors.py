"""What can go wrong with a local stack, told to the person at the terminal."""


class StackError(Exception):
    """The stack can't be started or described; the text says why and what to do next."""

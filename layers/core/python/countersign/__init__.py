"""Countersign: every action your Slack bot takes is taken by the person who clicked."""

__version__ = "0.1.0"

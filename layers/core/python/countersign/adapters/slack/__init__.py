"""Slack behind the chat ports: verify, parse, render, send."""

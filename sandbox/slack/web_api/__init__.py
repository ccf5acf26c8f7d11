"""Slack's Web API: the methods that the app and outside programs need, with Slack's own refusals."""

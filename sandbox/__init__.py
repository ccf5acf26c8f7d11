"""The sandbox: a local Slack and local business apps beside the real template. Never shipped to AWS."""

"""The product in one process: its entry points and adapters, moto for AWS, the sandbox's Slack and apps beside it.

For `countersign try` and for tests of whole journeys. It starts in a second or two, because nothing is built, deployed
or isolated: `make up` runs the built template instead, each function in a process and under a role of its own.
"""

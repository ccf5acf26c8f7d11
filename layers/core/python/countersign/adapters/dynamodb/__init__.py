"""The stores on DynamoDB. Single-item conditions only; every decision reads consistently."""

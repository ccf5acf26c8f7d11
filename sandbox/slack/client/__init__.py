"""What people do and see in the Slack client: clicking, typing, forms, shortcuts, and their screen."""

"""What this installation measured of its models: roll-ups of attempts, and what the model page shows of them."""

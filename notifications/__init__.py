"""What an agent is told of what happened to them, and by which channel."""

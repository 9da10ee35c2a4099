"""What is wrong with an installation, in words, and what to do about it."""

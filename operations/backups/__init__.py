"""Copies of the database, taken while people work, and put back."""

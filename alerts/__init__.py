"""What a supervisor has to know of now: rules, and the alerts that they raised."""

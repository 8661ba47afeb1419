"""How events are read: frames (data) → triggers in a sentence → participants by role → one record per real event."""

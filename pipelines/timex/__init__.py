"""Time expressions: how they are written (grammar), what they mean (values), when an article appeared (dating)."""

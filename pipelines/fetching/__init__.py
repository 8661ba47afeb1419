"""Getting articles: addresses that may be reached, bytes within limits, text out of pages."""

"""The knowledge base: what names can mean, offline, compiled once from packages and `ontologies/entities`."""

from __future__ import annotations

from pipelines.knowledge.base import Candidate, Knowledge

__all__ = ["Candidate", "Knowledge"]

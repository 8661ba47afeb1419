"""Errors that say what happened, why, and what to do next. The class tells a caller whether to go on."""

from __future__ import annotations


class KgError(Exception):
    """Something could not be done. `what` happened, `why`, and what to do `next`: shown to the user as they are."""

    def __init__(self, what: str, why: str = "", next: str = "") -> None:
        self.what, self.why, self.next = what, why, next
        super().__init__("\n".join(part for part in (what, why, next) if part))


class UsageError(KgError):
    """The call itself is wrong: exit code 2."""


class SourceError(KgError):
    """One source could not be read; the next one may well be."""


class AddressRefused(SourceError):
    """A private, loopback or otherwise unroutable address that nobody allowed."""


class FetchFailed(SourceError):
    """The network or the server gave no usable answer."""


class TooLarge(SourceError):
    """More bytes, before or after decompression, than a page of text can need."""


class NotAnArticle(SourceError):
    """The source was read, and there is no article in it (a PDF, a log-in wall, an index page, binary data)."""


class NotEnglish(SourceError):
    """The article was recognised as one in another language, which is not read."""


class BadInput(SourceError):
    """A file that is not what its form promises: broken JSON, a truncated track, times that run backwards."""


class ModelNotFound(KgError):
    """No language pipeline of that name is installed."""


class OntologyError(KgError):
    """A frame or an entity file does not say what the ontology requires."""


class WorkspaceError(KgError):
    """The workspace cannot be opened or written."""


class WorkspaceBusy(WorkspaceError):
    """Another process is writing to the workspace."""


class WorkspaceReadOnly(WorkspaceError):
    """The workspace folder or its files cannot be written by this user."""


class SchemaTooNew(WorkspaceError):
    """The ledger was written by a later version of this program."""


class QueryError(KgError):
    """A Cypher query the store did not accept."""


class NotFound(KgError):
    """Nothing in the graph answers to that name or id."""

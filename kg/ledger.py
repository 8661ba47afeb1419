"""The truth: statements, their sources and judgements in one relational database, through SQLAlchemy Core.

SQLite (WAL) by default; any SQLAlchemy URL. `put` replaces what a source has said, in one transaction: the same again
changes nothing, a stopped run leaves what was there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote

import sqlalchemy as sa

from kg.errors import SchemaTooNew, WorkspaceBusy, WorkspaceError, WorkspaceReadOnly
from kg.ids import make_id
from kg.model import Article, Evidence, Judgement, Published, Source, Statement

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

# How long a writer waits for another one.
_PATIENCE_S = 5.0
# From the best known date of publication to none.
_BASES = ("stated", "metadata", "inferred", "unknown")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")

_META = sa.MetaData()
_articles = sa.Table(
    "articles", _META,
    sa.Column("id", sa.Text, primary_key=True), sa.Column("title", sa.Text, nullable=False), sa.Column("text", sa.Text, nullable=False),
    sa.Column("url", sa.Text), sa.Column("publisher", sa.Text), sa.Column("byline", sa.Text), sa.Column("language", sa.Text, nullable=False),
    sa.Column("published_earliest", sa.Text), sa.Column("published_latest", sa.Text), sa.Column("published_basis", sa.Text, nullable=False),
    sa.Column("published_reason", sa.Text, nullable=False), sa.Column("fetched", sa.Text),
)  # fmt: skip
_sources = sa.Table(
    "sources", _META,
    sa.Column("id", sa.Text, primary_key=True), sa.Column("kind", sa.Text, nullable=False), sa.Column("ref", sa.Text, nullable=False),
    sa.Column("start", sa.Integer), sa.Column("end", sa.Integer), sa.Column("quote", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False), sa.Column("version", sa.Text, nullable=False),
)  # fmt: skip
_statements = sa.Table(
    "statements", _META,
    # `origin`: what was put (an article, a track file, the links); statements of knowledge belong to what needed them.
    sa.Column("id", sa.Text, primary_key=True), sa.Column("origin", sa.Text, primary_key=True, index=True),
    sa.Column("subject", sa.Text, nullable=False, index=True), sa.Column("property", sa.Text, nullable=False), sa.Column("value", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False), sa.Column("original", sa.Text, nullable=False), sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("source", sa.Text, sa.ForeignKey("sources.id"), nullable=False),
    sa.Index("by_type", "property", "value"),
)  # fmt: skip
_judgements = sa.Table(
    "judgements", _META,
    sa.Column("left", sa.Text, primary_key=True), sa.Column("right", sa.Text, primary_key=True), sa.Column("decision", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False), sa.Column("at", sa.Text), sa.Column("evidence", sa.Text, nullable=False),
)  # fmt: skip
_meta = sa.Table(
    "meta", _META, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)


def _create_all(connection: Connection) -> None:
    _META.create_all(connection)


# Each brings a ledger from the version before it to its own number; never changed once released.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_create_all,)
VERSION = len(MIGRATIONS)


@dataclass(frozen=True, slots=True)
class Change:
    """What a `put` did."""

    added: int
    removed: int


class Ledger:
    """An open ledger. Use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    @classmethod
    def open(cls, url: str | Path, *, write: bool = False) -> Ledger:
        """Open a ledger; for writing, make or migrate it first."""
        address = sa.URL.create("sqlite", database=str(url)) if isinstance(url, Path) else sa.make_url(url)
        if isinstance(url, Path) and not write and _is_frozen(url):
            # WAL needs a file beside the ledger even to read; where nobody can write, none is needed.
            query = {"mode": "ro", "immutable": "1", "uri": "true"}
            address = sa.URL.create("sqlite", database=f"file:{quote(str(url.absolute()))}", query=query)
        is_sqlite = address.get_backend_name() == "sqlite"
        engine = sa.create_engine(address, connect_args={"timeout": _PATIENCE_S} if is_sqlite else {})
        if is_sqlite:
            sa.event.listen(engine, "connect", _set_pragmas if write else _set_reading)
            sa.event.listen(engine, "begin", _begin)
        ledger = cls(engine)
        with _in_words(str(url)):
            ledger._check_version(write)
        return ledger

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    def _check_version(self, write: bool) -> None:
        with self._engine.connect() as connection:
            has_meta = sa.inspect(connection).has_table("meta")
            row = (
                connection.execute(sa.select(_meta.c.value).where(_meta.c.key == "schema")).first()
                if has_meta
                else None
            )
        version = int(row[0]) if row is not None else 0
        if version > VERSION:
            raise SchemaTooNew(
                f"This ledger has schema {version}; this program knows {VERSION}.",
                "A later version wrote it.",
                "Upgrade this program.",
            )
        if version < VERSION and not write:
            raise WorkspaceError(
                "This ledger is empty or of an earlier version." if version else "This ledger is empty.",
                f"Its schema is {version}; this program reads {VERSION}.",
                "Write to it once, which brings it up to date: kg ingest ADDRESS",
            )
        if version < VERSION:
            self._migrate(version)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction that takes the write lock at once: what it reads is what it changes."""
        with self._engine.connect() as connection, connection.execution_options(writes=True).begin():
            yield connection

    def _migrate(self, version: int) -> None:
        with self._writing() as connection:
            for step in MIGRATIONS[version:]:
                step(connection)
            connection.execute(sa.delete(_meta).where(_meta.c.key == "schema"))
            connection.execute(sa.insert(_meta).values(key="schema", value=str(VERSION)))

    # Writing

    def put(self, ref: str, kind: str, statements: Iterable[Statement], article: Article | None = None) -> Change:
        """Replace all that origin `ref` has said by `statements`, in one transaction. Returns what changed.

        Of copies of one article at several addresses one speaks for all, whatever the order in which they came.
        """
        origin = f"{kind}:{ref}"
        new, sources = _rows(statements, origin)
        with _in_words(origin), self._writing() as connection:
            old = set(connection.execute(sa.select(_statements.c.id).where(_statements.c.origin == origin)).scalars())
            if article is not None and _another_copy_stands(connection, article):
                return Change(0, 0)
            added = [row for key, row in new.items() if key not in old]
            gone = sorted(old - new.keys())
            if article is not None:
                _put_article(connection, article)
            _insert_missing(connection, _sources, sources)
            for chunk in _chunks(gone):
                connection.execute(
                    sa.delete(_statements).where(_statements.c.origin == origin, _statements.c.id.in_(chunk))
                )
            if added:
                connection.execute(sa.insert(_statements), added)
        return Change(len(added), len(gone))

    def judge(self, judgement: Judgement) -> None:
        """Record a judgement about two ids; a later one about the same pair takes its place."""
        left, right = sorted((judgement.left, judgement.right))
        at = judgement.at.astimezone(UTC).isoformat() if judgement.at is not None else None
        row = {"left": left, "right": right, "decision": judgement.decision, "by": judgement.by, "at": at,
               "evidence": json.dumps([asdict(e) for e in judgement.evidence], sort_keys=True)}  # fmt: skip
        with _in_words("judgements"), self._writing() as connection:
            connection.execute(sa.delete(_judgements).where(_judgements.c.left == left, _judgements.c.right == right))
            connection.execute(sa.insert(_judgements), [row])

    def withdraw(self, left: str, right: str) -> None:
        """Take a judgement back."""
        left, right = sorted((left, right))
        with _in_words("judgements"), self._writing() as connection:
            connection.execute(sa.delete(_judgements).where(_judgements.c.left == left, _judgements.c.right == right))

    # Reading

    def statements(self, *, subject: str | None = None, types: Collection[str] | None = None) -> Iterator[Statement]:
        """Statements in order of subject, property, value and source: of one subject, of subjects of some types, or all.
        The same statement from two origins (a fact of the knowledge base) comes once."""
        query = sa.select(_statements, _sources).join(_sources, _statements.c.source == _sources.c.id)
        if subject is not None:
            query = query.where(_statements.c.subject == subject)
        if types is not None:
            typed = sa.select(_statements.c.subject).where(
                _statements.c.property == "type", _statements.c.value.in_(sorted(types))
            )
            query = query.where(_statements.c.subject.in_(typed))
        query = query.order_by(_statements.c.subject, _statements.c.property, _statements.c.value, _statements.c.id)
        last = None
        with _in_words("statements"), self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                if row[0] != last:
                    yield _statement(row)
                last = row[0]

    def subjects(self, type_: str) -> list[str]:
        """Ids of everything that is of a class, sorted."""
        query = (
            sa.select(_statements.c.subject)
            .where(_statements.c.property == "type", _statements.c.value == type_)
            .distinct()
        )
        with _in_words("statements"), self._engine.connect() as connection:
            return sorted(connection.execute(query).scalars())

    def articles(self) -> Iterator[Article]:
        """Every article with its text, by id."""
        with _in_words("articles"), self._engine.connect() as connection:
            for row in connection.execute(sa.select(_articles).order_by(_articles.c.id)):
                yield _article(row)

    def judgements(self) -> Iterator[Judgement]:
        with _in_words("judgements"), self._engine.connect() as connection:
            for row in connection.execute(sa.select(_judgements).order_by(_judgements.c.left, _judgements.c.right)):
                evidence = tuple(Evidence(**item) for item in json.loads(row.evidence))
                yield Judgement(row.left, row.right, row.decision, row.by, _time(row.at), evidence)

    def is_empty(self) -> bool:
        with self._engine.connect() as connection:
            return (
                not sa.inspect(connection).has_table("statements")
                or connection.execute(sa.select(_statements.c.id).limit(1)).first() is None
            )


def _set_pragmas(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # The driver would begin a transaction late, after a CREATE TABLE or a SELECT: `_begin` does it instead.
    connection.isolation_level = None  # type: ignore[attr-defined]


def _set_reading(connection: object, _: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()
    connection.isolation_level = None  # type: ignore[attr-defined]


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _is_frozen(path: Path) -> bool:
    """Can nobody of this user write to the folder, and is nothing waiting beside the ledger to be read, too?"""
    return not os.access(path.parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """The database's errors as what happened, why, and what to do."""
    try:
        yield
    except sa.exc.OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason:
            raise WorkspaceBusy(
                "The ledger is being written by another process.",
                reason,
                "Wait for it to end, then run the same command again.",
            ) from error
        if "readonly" in reason or "read-only" in reason:
            raise WorkspaceReadOnly(
                "The ledger cannot be written.", reason, "Make the folder writable or choose another with --workspace."
            ) from error
        raise WorkspaceError(
            f"The ledger could not be used ({what}).", reason, "Check the path and the disk."
        ) from error
    except sa.exc.DatabaseError as error:
        raise WorkspaceError(
            "The ledger is damaged or no ledger at all.",
            str(error.orig),
            "Restore it from a copy; the graph can be rebuilt from it.",
        ) from error


def _rows(
    statements: Iterable[Statement], origin: str
) -> tuple[dict[str, dict[str, object]], dict[str, dict[str, object]]]:
    """Rows of statements and of their sources, by id: equal statements are one."""
    rows: dict[str, dict[str, object]] = {}
    sources: dict[str, dict[str, object]] = {}
    source_ids: dict[Source, str] = {}
    for s in map(_storable, statements):
        source = source_ids.get(s.source)
        if source is None:
            source = source_ids[s.source] = source_id(s.source)
            sources[source] = {"id": source, **{f.name: getattr(s.source, f.name) for f in fields(Source)}}
        key = make_id("stm", s.subject, s.property, s.value, s.kind, s.original, s.confidence, source)
        rows[key] = {"id": key, "origin": origin, "subject": s.subject, "property": s.property, "value": s.value, "kind": s.kind,
                     "original": s.original, "confidence": s.confidence, "source": source}  # fmt: skip
    return rows, sources


def _storable(statement: Statement) -> Statement:
    """Half a surrogate pair has no UTF-8 form and NUL no place in SQL text: U+FFFD stands in, one for one."""
    source = statement.source
    texts = (statement.subject, statement.value, statement.original, source.quote, source.ref)
    if not any(_NOT_TEXT.search(text) for text in texts):
        return statement
    clean = lambda text: _NOT_TEXT.sub("\ufffd", text)  # noqa: E731
    source = replace(source, quote=clean(source.quote), ref=clean(source.ref))
    return replace(
        statement,
        subject=clean(statement.subject),
        value=clean(statement.value),
        original=clean(statement.original),
        source=source,
    )


def source_id(source: Source) -> str:
    """The id of a source, from its content; the id of the Evidence node that shows it, too."""
    return make_id("evi", source.kind, source.ref, source.start, source.end, source.quote, source.step, source.version)


def _insert_missing(connection: Connection, table: sa.Table, rows: dict[str, dict[str, object]]) -> None:
    """Rows whose id is not there yet; SQLite and PostgreSQL decide that themselves, in one pass."""
    if not rows:
        return
    if connection.dialect.name in ("sqlite", "postgresql"):
        dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows.values()))
        return
    known = {
        key
        for chunk in _chunks(sorted(rows))
        for key in connection.execute(sa.select(table.c.id).where(table.c.id.in_(chunk))).scalars()
    }
    if missing := [row for key, row in rows.items() if key not in known]:
        connection.execute(sa.insert(table), missing)


def _chunks(items: list[str], size: int = 500) -> Iterator[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _another_copy_stands(connection: Connection, article: Article) -> bool:
    """Is the article here from another address, and does that copy say more: an address, when it was published?"""
    known = connection.execute(sa.select(_articles).where(_articles.c.id == article.id)).first()
    if known is None or known.url == article.url:
        return False
    rank = lambda url, basis: (url is None, _BASES.index(basis), url or "")  # noqa: E731
    return rank(known.url, known.published_basis) < rank(article.url, article.published.basis)


def _put_article(connection: Connection, article: Article) -> None:
    """The latest copy stands, as its statements do; only when it was first fetched is kept."""
    row = {
        "id": article.id, "title": article.title, "text": article.text, "url": article.url, "publisher": article.publisher, "byline": article.byline,
        "language": article.language, "published_earliest": _iso(article.published.earliest), "published_latest": _iso(article.published.latest),
        "published_basis": article.published.basis, "published_reason": article.published.reason, "fetched": _iso(article.fetched),
    }  # fmt: skip
    row = {k: _NOT_TEXT.sub("\ufffd", v) if isinstance(v, str) else v for k, v in row.items()}
    known = connection.execute(sa.select(_articles).where(_articles.c.id == article.id)).first()
    if known is None:
        connection.execute(sa.insert(_articles), [row])
        return
    kept = {**row, "fetched": known.fetched}
    if dict(known._mapping) != kept:
        connection.execute(sa.update(_articles).where(_articles.c.id == article.id).values(**kept))


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _article(row: sa.Row) -> Article:
    published = Published(
        _time(row.published_earliest), _time(row.published_latest), row.published_basis, row.published_reason
    )
    return Article(
        row.id, row.title, row.text, row.url, row.publisher, row.byline, row.language, published, _time(row.fetched)
    )


def _statement(row: sa.Row) -> Statement:
    (
        _,
        _,
        subject,
        property_,
        value,
        kind,
        original,
        confidence,
        _,
        _,
        source_kind,
        ref,
        start,
        end,
        quote,
        step,
        version,
    ) = row
    source = Source(source_kind, ref, start, end, quote, step, version)
    return Statement(subject, property_, value, kind, source, original, confidence)

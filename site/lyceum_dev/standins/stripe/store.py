"""The store: SQLite, in a folder to survive restarts, or in memory."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

Json = dict[str, Any]

_TABLES = """
create table if not exists objects (
    seq integer primary key autoincrement, account text not null, kind text not null, id text not null unique,
    body text not null, due_at real);
create index if not exists objects_by_kind on objects (account, kind, seq);
create index if not exists objects_by_intent on objects (account, kind, json_extract(body, '$.payment_intent'));
create index if not exists objects_due on objects (due_at) where due_at is not null;
create table if not exists answers (
    account text not null, key text not null, fingerprint text not null, status integer not null, body text not null,
    created real not null, primary key (account, key));
create table if not exists deliveries (
    id integer primary key autoincrement, account text not null, endpoint text not null, event text not null,
    kind text not null, body text not null, state text not null default 'pending', attempts integer not null default 0,
    next_at real not null, created real not null, status integer, error text);
create index if not exists deliveries_due on deliveries (next_at) where state = 'pending';
create table if not exists settings (name text primary key, value text not null);
"""


class Store:
    """One connection with a lock: requests run one after another, each in a transaction."""

    def __init__(self, folder: Path | None = None) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        where = str(folder / "standin.sqlite3") if folder else ":memory:"
        self._lock = RLock()
        self._depth = 0
        self._connection = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma journal_mode=wal")
        self._connection.execute("pragma synchronous=normal")
        self._connection.executescript(_TABLES)
        self.after_commit: Callable[[], None] = lambda: None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            outermost = self._depth == 0
            if outermost:
                self._connection.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                if outermost:
                    self._connection.execute("rollback")
                raise
            else:
                if outermost:
                    self._connection.execute("commit")
            finally:
                self._depth -= 1
        if outermost:
            self.after_commit()

    def run(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def put(self, account: str, body: Json, due_at: float | None) -> None:
        self.run(
            "insert into objects (account, kind, id, body, due_at) values (?, ?, ?, ?, ?)"
            " on conflict (id) do update set body = excluded.body, due_at = excluded.due_at",
            account, body["object"], body["id"], json.dumps(body), due_at,
        )  # fmt: skip

    def get(self, account: str, kind: str, identifier: str) -> Json | None:
        rows = self.run("select body from objects where id = ? and account = ? and kind = ?", identifier, account, kind)
        return json.loads(rows[0]["body"]) if rows else None

    def newest_first(self, account: str, kind: str, **fields: Any) -> Iterator[Json]:
        """Yield objects whose fields have these values. Field names must not come from a request."""
        wheres = "".join(f" and json_extract(body, '$.{name}') = ?" for name in fields)
        sql = f"select body from objects where account = ? and kind = ?{wheres} order by seq desc"
        for row in self.run(sql, account, kind, *fields.values()):
            yield json.loads(row["body"])

    def delete(self, account: str, identifier: str) -> None:
        self.run("delete from objects where id = ? and account = ?", identifier, account)

    def due(self, now: float) -> list[tuple[str, Json]]:
        rows = self.run("select account, body from objects where due_at <= ? order by due_at, seq", now)
        return [(row["account"], json.loads(row["body"])) for row in rows]

    def setting(self, name: str, otherwise: str = "") -> str:
        rows = self.run("select value from settings where name = ?", name)
        return rows[0]["value"] if rows else otherwise

    def set(self, name: str, value: str) -> None:
        self.run("insert or replace into settings values (?, ?)", name, value)

    def forget(self) -> None:
        """Delete everything except the settings."""
        for table in ("objects", "answers", "deliveries"):
            self.run(f"delete from {table}")

/**
 * The schema, step by step: entry n turns version n into version n + 1. A released entry is never edited; new ones are
 * added. Times are epoch milliseconds.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Who wrote which part of the file last: leases of an older epoch are void.
  CREATE TABLE holding (name TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE position (
    p INTEGER NOT NULL,
    cluster TEXT NOT NULL,
    scope TEXT NOT NULL,
    cluster_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    resource_version TEXT NOT NULL,
    coverage_start_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (p, cluster, scope)
  ) STRICT, WITHOUT ROWID;

  -- No index on expires_at: every write would move it. A sweep in the order of the keys finds what has expired.
  CREATE TABLE seen (
    -- Begins with the cluster.
    lineage TEXT PRIMARY KEY,
    uid TEXT NOT NULL,
    resource_version TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE owner (
    -- The key of the object, which begins with the cluster.
    object TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    node TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- What is kept of the engine. state: JSON, its shape named by kind and version; lists of alerts are filtered and
  -- ordered by the columns before it, which are null for other kinds.
  CREATE TABLE entity (
    seq INTEGER PRIMARY KEY,
    p INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    cluster TEXT NOT NULL,
    namespace TEXT,
    rule TEXT,
    severity TEXT,
    phase TEXT,
    opened_at INTEGER,
    sinks TEXT,
    groups TEXT,
    state TEXT NOT NULL,
    UNIQUE (kind, key, p)
  ) STRICT;
  -- Covers every filter: what does not fit is never read.
  CREATE INDEX entity_listed ON entity (opened_at DESC, key, phase, severity, rule, namespace, cluster, sinks)
    WHERE opened_at IS NOT NULL;
  CREATE INDEX entity_counted ON entity (rule, phase) WHERE opened_at IS NOT NULL;
  CREATE INDEX entity_kind ON entity (kind);

  -- Rows of entity that could not be read, kept for who mends them.
  CREATE TABLE damaged_entity (
    at INTEGER NOT NULL,
    p INTEGER NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;

  -- The alerts of each group: what the columns of their entities say.
  CREATE TABLE membership (
    group_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    p INTEGER NOT NULL,
    phase TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    PRIMARY KEY (group_key, fingerprint, p)
  ) STRICT, WITHOUT ROWID;

  -- What people want of the engines, for each partition that has still to do it.
  CREATE TABLE command (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    p INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (id, p)
  ) STRICT;

  -- p: whose engine learns how it ends; null for deliveries that no engine made. lease: the epoch of the sink's holding
  -- that leased it last.
  -- Open while ended_at is null. Ended rows stay a while: for their outcome, their list, and so that an id never
  -- gets a second row.
  CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    p INTEGER,
    id TEXT NOT NULL UNIQUE,
    sink TEXT NOT NULL,
    group_key TEXT NOT NULL,
    -- Rows of one sink with the same bundle are told in one message.
    bundle TEXT,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'delivered', 'superseded', 'expired', 'dead')),
    opening INTEGER NOT NULL,
    opening_started INTEGER NOT NULL,
    lease INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    -- Where in its sink it goes, once a worker has looked.
    destination TEXT,
    ended_at INTEGER,
    noted INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    remaining TEXT,
    -- When the news of this row, or of one it replaced, was first to be told.
    since INTEGER NOT NULL,
    -- It has gone to the fallback of its sink, or never shall.
    fell_back INTEGER NOT NULL DEFAULT 0,
    notification TEXT NOT NULL
  ) STRICT;
  CREATE INDEX delivery_due ON delivery (sink, due_at) WHERE ended_at IS NULL;
  CREATE INDEX delivery_leased ON delivery (sink, due_at) WHERE state = 'leased';
  CREATE INDEX delivery_group ON delivery (sink, group_key, seq) WHERE ended_at IS NULL;
  CREATE INDEX delivery_bundle ON delivery (sink, bundle) WHERE ended_at IS NULL AND bundle IS NOT NULL;
  CREATE INDEX delivery_unnoted ON delivery (p, ended_at) WHERE ended_at IS NOT NULL AND noted = 0;
  CREATE INDEX delivery_ended ON delivery (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX delivery_listed ON delivery (ended_at) WHERE listed = 1;
  CREATE INDEX delivery_overdue ON delivery (sink, since) WHERE ended_at IS NULL AND fell_back = 0;

  -- Groups of a sink that its fallback was told of. resolved_id: the end of one, which the fallback is to hear as well.
  CREATE TABLE fallback_group (
    sink TEXT NOT NULL,
    group_key TEXT NOT NULL,
    resolved_id TEXT,
    PRIMARY KEY (sink, group_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fallback_ended ON fallback_group (sink, resolved_id) WHERE resolved_id IS NOT NULL;

  CREATE TABLE receiver (
    sink TEXT NOT NULL,
    group_key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (group_key, sink)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE record (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sink TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    error TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL
  ) STRICT;
  -- Covers the scan for due rows, so that it never touches the bodies.
  CREATE INDEX record_queue ON record (sink, seq, due_at);

  CREATE TABLE dead_record (
    id TEXT PRIMARY KEY,
    sink TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    buried_at INTEGER NOT NULL,
    error TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX dead_record_buried ON dead_record (buried_at);

  -- origin and ordinal say which Changes a decision was part of and where, so that a repetition is recognised
  -- and two equal decisions of one millisecond both count.
  CREATE TABLE decision (
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    group_key TEXT NOT NULL,
    sink TEXT NOT NULL,
    reason TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    rule TEXT NOT NULL,
    namespace TEXT NOT NULL,
    occurrences INTEGER NOT NULL,
    PRIMARY KEY (at, origin, ordinal, fingerprint, group_key, sink, reason, delivery_id)
  ) STRICT, WITHOUT ROWID;

  -- One row. Without an end: a process works on the file, or did until it was killed.
  CREATE TABLE session (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    began_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  `,
  `
  -- Lines of logs live in the waiting message alone: whatever ends a delivery takes them out of it.
  CREATE TRIGGER delivery_ends AFTER UPDATE OF ended_at ON delivery
    WHEN new.ended_at IS NOT NULL AND instr(new.notification, '"logs":[') > 0 AND json_valid(new.notification)
  BEGIN
    UPDATE delivery SET notification = json_set(notification, '$.alerts', (
      SELECT json_group_array(json_remove(value, '$.evidence.logs')) FROM json_each(notification, '$.alerts')))
     WHERE seq = new.seq;
  END;
  `,
  `
  -- JSON: what a message waited for, and what was known of its objects; "" for neither.
  ALTER TABLE decision ADD COLUMN detail TEXT NOT NULL DEFAULT '';
  `,
  `
  -- The receiver has the news, and the rest of the delivery only tidies up.
  ALTER TABLE delivery ADD COLUMN told INTEGER NOT NULL DEFAULT 0;

  -- Which groups share a message at a receiver.
  CREATE INDEX receiver_thread ON receiver (sink, iif(json_valid(value), value ->> 'thread', NULL))
    WHERE iif(json_valid(value), value ->> 'thread', NULL) IS NOT NULL;
  `,
  `
  -- Keys that all processes of a bridge share, such as that of sessions.
  CREATE TABLE shared_key (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Alerts that are over, for lists. search: the words by which one is found, in lower case. told: JSON, the sinks whose
  -- receivers accepted a message. reason: why nobody was told; counts while told is empty. body: see pack-ended.ts.
  CREATE TABLE ended (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    namespace TEXT NOT NULL,
    severity TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    -- Null for one that never fired.
    fired_at INTEGER,
    ended_at INTEGER NOT NULL,
    occurrences INTEGER NOT NULL,
    told TEXT NOT NULL,
    reason TEXT NOT NULL,
    search TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX ended_listed ON ended (ended_at);
  CREATE INDEX ended_rule ON ended (rule, ended_at);
  CREATE INDEX ended_fingerprint ON ended (fingerprint, ended_at);
  CREATE INDEX ended_unfired ON ended (ended_at) WHERE fired_at IS NULL;

  -- Messages about ended alerts that may still be accepted.
  CREATE TABLE ended_await (
    delivery_id TEXT NOT NULL,
    ended_id TEXT NOT NULL,
    PRIMARY KEY (delivery_id, ended_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ended_awaiting ON ended_await (ended_id);
  CREATE TRIGGER ended_told AFTER UPDATE OF state ON delivery WHEN new.state = 'delivered'
  BEGIN
    UPDATE ended SET told = json_insert(told, '$[#]', new.sink)
     WHERE id IN (SELECT ended_id FROM ended_await WHERE delivery_id = new.id)
       AND NOT EXISTS (SELECT 1 FROM json_each(ended.told) WHERE value = new.sink);
    DELETE FROM ended_await WHERE delivery_id = new.id;
  END;
  CREATE TRIGGER ended_unawaited AFTER DELETE ON delivery
  BEGIN
    DELETE FROM ended_await WHERE delivery_id = old.id;
  END;

  -- The activity of each rule in half hours, as counted since the begin of each.
  CREATE TABLE activity (
    bucket INTEGER NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    p INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    occurrences INTEGER NOT NULL,
    PRIMARY KEY (bucket, rule, severity, p)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Names of Events end in a dot and the time of the first occurrence (docs/design/events.md#counts-of-the-writers).
  -- With the end of the name in front, rows lie in the order of time, so that a batch of new ones fills few pages.
  CREATE TABLE seen_in_order (
    -- The lineage behind its last dot, and up to there.
    tail TEXT NOT NULL,
    head TEXT NOT NULL,
    uid TEXT NOT NULL,
    resource_version TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tail, head)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO seen_in_order
    SELECT substr(lineage, length(rtrim(lineage, replace(lineage, '.', ''))) + 1),
           rtrim(lineage, replace(lineage, '.', '')),
           uid, resource_version, count, first_seen_at, last_seen_at, expires_at
      FROM seen;
  DROP TABLE seen;
  ALTER TABLE seen_in_order RENAME TO seen;
  `,
  `
  -- From when on each table of the past is whole.
  CREATE TABLE kept (what TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

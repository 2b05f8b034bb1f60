/** Text in the order of its bytes, which no library of the system changes: keys, and what lists are ordered by. */
const KEY = `text COLLATE "C" NOT NULL`;

/** A step of the schema. */
export interface Migration {
  /** The oldest schema version whose program still works beside this one. */
  readonly compatibleFrom: number;
  readonly sql: string;
}

/**
 * The schema, step by step: entry n turns version n into version n + 1. A released entry is never edited; new ones are
 * added, and only expand (a table, a column that may be null), since older replicas go on beside it. Times are epoch
 * milliseconds. JSON is `text`: `jsonb` refuses U+0000 and lone surrogates, and costs more. `p` is the partition.
 * `fillfactor`: rows that are often written again stay on their page, and their indexes as they are.
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    compatibleFrom: 1,
    sql: `
  -- Who may write a part of the state. Every writing transaction begins with an update of its row, by fence().
  CREATE TABLE holding (
    name ${KEY} PRIMARY KEY,
    epoch bigint NOT NULL,
    -- Transactions of this holding.
    commits bigint NOT NULL,
    holder text NOT NULL,
    -- Where other replicas reach the holder; '' for nowhere.
    address text NOT NULL,
    -- The newest time of the holder's clock, so that the next one's does not go back.
    now_at bigint NOT NULL,
    -- By the clock of the server.
    until timestamptz NOT NULL
  ) WITH (fillfactor = 10);

  -- Lets a transaction go on only while the writer is who it believes to be, and nobody has written since.
  CREATE FUNCTION fence(
    of_name text, of_epoch bigint, of_holder text, of_commits bigint, lease_ms bigint, at bigint
  ) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE holding
       SET commits = commits + 1, now_at = greatest(now_at, at),
           until = clock_timestamp() + lease_ms * interval '1 millisecond'
     WHERE name = of_name AND epoch = of_epoch AND holder = of_holder AND commits = of_commits;
    IF NOT FOUND THEN
      RAISE EXCEPTION '% is not held any more', of_name USING ERRCODE = 'TF001';
    END IF;
  END $$;

  CREATE TABLE position (
    p integer NOT NULL,
    cluster ${KEY},
    scope ${KEY},
    cluster_id text NOT NULL,
    epoch bigint NOT NULL,
    resource_version text NOT NULL,
    coverage_start_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (p, cluster, scope)
  ) WITH (fillfactor = 20);

  CREATE TABLE seen (
    p integer NOT NULL,
    -- The lineage with its end in front (seen-rows.ts), so that rows lie in the order of time.
    key ${KEY},
    uid text NOT NULL,
    resource_version text NOT NULL,
    count bigint NOT NULL,
    first_seen_at bigint NOT NULL,
    last_seen_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (p, key)
  );

  CREATE TABLE owner (
    p integer NOT NULL,
    -- The key of the object, which begins with the cluster.
    object ${KEY},
    owner text NOT NULL,
    node text NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (p, object)
  );

  -- What is kept of the engine. state: JSON, its shape named by kind and version; lists of alerts are filtered and
  -- ordered by the columns before it, which are null for other kinds.
  CREATE TABLE entity (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    p integer NOT NULL,
    kind ${KEY},
    key ${KEY},
    version integer NOT NULL,
    -- The alert that it is a part of.
    part_of text COLLATE "C",
    cluster text NOT NULL,
    namespace text,
    rule text,
    severity text,
    phase text,
    opened_at bigint,
    -- JSON: the names of its sinks.
    sinks text,
    state text NOT NULL,
    PRIMARY KEY (kind, key, p)
  ) WITH (fillfactor = 50);
  CREATE INDEX entity_in_order ON entity (p, kind, seq);
  CREATE INDEX entity_part ON entity (p, part_of) WHERE part_of IS NOT NULL;
  CREATE INDEX entity_listed ON entity (opened_at DESC, key COLLATE "C") WHERE opened_at IS NOT NULL;
  CREATE INDEX entity_counted ON entity (rule, phase) WHERE opened_at IS NOT NULL;

  -- Rows of entity that could not be read, kept for who mends them.
  CREATE TABLE damaged_entity (
    at bigint NOT NULL,
    p integer NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL
  );

  -- The alerts of each group: what the columns of their entities say.
  CREATE TABLE membership (
    group_key ${KEY},
    fingerprint ${KEY},
    p integer NOT NULL,
    phase text NOT NULL,
    opened_at bigint NOT NULL,
    PRIMARY KEY (group_key, fingerprint, p)
  );
  CREATE INDEX membership_alert ON membership (p, fingerprint);

  -- What people want of the engines, for each partition that has still to do it.
  CREATE TABLE command (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    p integer NOT NULL,
    id ${KEY},
    body text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (p, id)
  );

  -- p: whose engine learns how it ends; null for deliveries that no engine made. lease: the epoch of the sink's holding
  -- that leased it last. Open while ended_at is null. Ended rows stay a while: for their outcome, their list, and so
  -- that an id never gets a second row.
  CREATE TABLE delivery (
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    p integer,
    id ${KEY} PRIMARY KEY,
    sink ${KEY},
    group_key ${KEY},
    -- Rows of one sink with the same bundle are told in one message.
    bundle text COLLATE "C",
    kind text NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'leased', 'delivered', 'superseded', 'expired', 'dead')),
    opening boolean NOT NULL,
    opening_started boolean NOT NULL,
    lease bigint,
    attempts integer NOT NULL DEFAULT 0,
    due_at bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    -- Where in its sink it goes, once a worker has looked.
    destination text,
    ended_at bigint,
    noted boolean NOT NULL DEFAULT false,
    listed boolean NOT NULL DEFAULT false,
    error text NOT NULL DEFAULT '',
    remaining text,
    -- When the news of this row, or of one it replaced, was first to be told.
    since bigint NOT NULL,
    -- It has gone to the fallback of its sink, or never shall.
    fell_back boolean NOT NULL DEFAULT false,
    -- The receiver has the news, and the rest of the delivery only tidies up.
    told boolean NOT NULL DEFAULT false,
    title text NOT NULL,
    notification text NOT NULL
  ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
  CREATE INDEX delivery_due ON delivery (sink, due_at, seq) WHERE ended_at IS NULL;
  CREATE INDEX delivery_group ON delivery (sink, group_key, seq) WHERE ended_at IS NULL;
  CREATE INDEX delivery_bundle ON delivery (sink, bundle) WHERE ended_at IS NULL AND bundle IS NOT NULL;
  CREATE INDEX delivery_unnoted ON delivery (p, ended_at, seq) WHERE ended_at IS NOT NULL AND NOT noted;
  CREATE INDEX delivery_ended ON delivery (ended_at, seq) WHERE ended_at IS NOT NULL;
  CREATE INDEX delivery_listed ON delivery (ended_at, id) WHERE listed;
  CREATE INDEX delivery_overdue ON delivery (sink, since) WHERE ended_at IS NULL AND NOT fell_back;

  -- Groups of a sink that its fallback was told of. resolved_id: the end of one, which the fallback is to hear as well.
  CREATE TABLE fallback_group (
    sink ${KEY},
    group_key ${KEY},
    resolved_id text COLLATE "C",
    PRIMARY KEY (sink, group_key)
  );
  CREATE INDEX fallback_key ON fallback_group (group_key);
  CREATE INDEX fallback_ended ON fallback_group (sink, resolved_id) WHERE resolved_id IS NOT NULL;

  -- Data of a sink about a group, JSON; thread: the field of that name, where it has one.
  CREATE TABLE receiver (
    sink ${KEY},
    group_key ${KEY},
    thread text COLLATE "C",
    value text NOT NULL,
    PRIMARY KEY (group_key, sink)
  );
  CREATE INDEX receiver_thread ON receiver (sink, thread) WHERE thread IS NOT NULL;

  CREATE TABLE record (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    id ${KEY} PRIMARY KEY,
    sink ${KEY},
    attempts integer NOT NULL DEFAULT 0,
    due_at bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    error text NOT NULL DEFAULT '',
    body text NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0.02);
  -- Covers the scan for due rows, so that it never touches the bodies.
  CREATE INDEX record_queue ON record (sink, seq) INCLUDE (due_at);

  CREATE TABLE dead_record (
    id ${KEY} PRIMARY KEY,
    sink ${KEY},
    attempts integer NOT NULL,
    created_at bigint NOT NULL,
    buried_at bigint NOT NULL,
    error text NOT NULL,
    body text NOT NULL
  );
  CREATE INDEX dead_record_buried ON dead_record (buried_at, id);

  -- A part for each day, so that old ones go by DROP TABLE. origin and ordinal say which Changes a decision was part of
  -- and where, so that a repetition is recognised and two equal decisions of one millisecond both count. detail: JSON,
  -- what a message waited for, and what was known of its objects; '' for neither.
  CREATE TABLE decision (
    at bigint NOT NULL,
    origin ${KEY},
    ordinal integer NOT NULL,
    fingerprint ${KEY},
    group_key ${KEY},
    sink ${KEY},
    reason ${KEY},
    delivery_id ${KEY},
    outcome text NOT NULL,
    rule text NOT NULL,
    namespace text NOT NULL,
    occurrences integer NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (at, origin, ordinal, fingerprint, group_key, sink, reason, delivery_id)
  ) PARTITION BY RANGE (at);

  -- Alerts that are over, for lists. search: the words by which one is found, in lower case. told: JSON, the sinks whose
  -- receivers accepted a message. reason: why nobody was told; counts while told is empty. body: see pack-ended.ts.
  CREATE TABLE ended (
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    id ${KEY} PRIMARY KEY,
    fingerprint ${KEY},
    rule ${KEY},
    namespace text NOT NULL,
    severity text NOT NULL,
    first_seen_at bigint NOT NULL,
    -- Null for one that never fired.
    fired_at bigint,
    ended_at bigint NOT NULL,
    occurrences bigint NOT NULL,
    told text NOT NULL,
    reason text NOT NULL,
    search text NOT NULL,
    body bytea NOT NULL
  );
  ALTER TABLE ended ALTER COLUMN body SET STORAGE EXTERNAL;
  CREATE INDEX ended_listed ON ended (ended_at, seq);
  CREATE INDEX ended_rule ON ended (rule, ended_at);
  CREATE INDEX ended_fingerprint ON ended (fingerprint, ended_at);
  CREATE INDEX ended_unfired ON ended (ended_at) WHERE fired_at IS NULL;

  -- Messages about ended alerts that may still be accepted.
  CREATE TABLE ended_await (
    delivery_id ${KEY},
    ended_id ${KEY},
    PRIMARY KEY (delivery_id, ended_id)
  );
  CREATE INDEX ended_awaiting ON ended_await (ended_id);

  -- told with one more sink, once. A name in quotes stands nowhere else in such a list.
  CREATE FUNCTION add_told(told text, sink text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN strpos(told, to_json(sink)::text) > 0 THEN told
                WHEN told = '[]' THEN '[' || to_json(sink)::text || ']'
                ELSE left(told, -1) || ',' || to_json(sink)::text || ']' END
  $$;

  CREATE FUNCTION delivery_accepted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE ended SET told = add_told(told, NEW.sink)
     WHERE id IN (SELECT ended_id FROM ended_await WHERE delivery_id = NEW.id);
    DELETE FROM ended_await WHERE delivery_id = NEW.id;
    RETURN NULL;
  END $$;
  CREATE TRIGGER delivery_accepted AFTER UPDATE OF state ON delivery
    FOR EACH ROW WHEN (NEW.state = 'delivered') EXECUTE FUNCTION delivery_accepted();

  CREATE FUNCTION delivery_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM ended_await WHERE delivery_id IN (SELECT id FROM gone);
    RETURN NULL;
  END $$;
  CREATE TRIGGER delivery_forgotten AFTER DELETE ON delivery
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION delivery_forgotten();

  -- The activity of each rule in half hours, as counted since the begin of each.
  CREATE TABLE activity (
    bucket bigint NOT NULL,
    rule ${KEY},
    severity ${KEY},
    p integer NOT NULL,
    opened bigint NOT NULL,
    occurrences bigint NOT NULL,
    PRIMARY KEY (bucket, rule, severity, p)
  );

  -- From when on each table of the past is whole.
  CREATE TABLE kept (what ${KEY} PRIMARY KEY, since bigint NOT NULL);

  -- Keys that all replicas share, such as that of sessions.
  CREATE TABLE shared_key (name ${KEY} PRIMARY KEY, value bytea NOT NULL);
`,
  },
];

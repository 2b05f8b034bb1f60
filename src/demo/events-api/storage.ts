import { Change, type LogNode, withRevision } from "./change.ts";
import type { CoreEvent } from "./core-event.ts";
import { toGoJson } from "./go-json.ts";
import { KeyIndex } from "./key-index.ts";

/** Counts of a storage. */
export interface StorageStats {
  readonly events: number;
  readonly revision: number;
  readonly compactedRevision: number;
  /** Changes that a watch can still get. */
  readonly history: number;
}

/** The state of a storage at an instant. */
export interface StorageSnapshot {
  readonly revision: number;
  readonly newest: ReadonlyMap<string, Change>;
  readonly live: number;
}

/**
 * The part of etcd for the API server: one revision counter, the versions of every key since the last compaction, and a
 * log of changes in the order of revisions. A reader of the log keeps its unread part alive.
 */
export class Storage {
  #revision: number;
  #compactedRevision: number;
  #live = 0;
  #history = 0;
  /** The newest change of every key; deletions too, until they are compacted. */
  readonly #newest = new Map<string, Change>();
  readonly #keys = new KeyIndex();
  #oldest: LogNode;
  #tail: LogNode;
  readonly #listeners = new Set<() => void>();
  /** History beyond this many changes is compacted by half, whatever its age. */
  readonly mostChanges: number;

  /** @param firstRevision The counter's start, 1 or more. */
  constructor(firstRevision: number, mostChanges: number) {
    this.mostChanges = mostChanges;
    this.#revision = firstRevision;
    this.#compactedRevision = 0;
    this.#oldest = { revision: firstRevision, next: undefined };
    this.#tail = this.#oldest;
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compactedRevision;
  }

  get tail(): LogNode {
    return this.#tail;
  }

  /** Called after every write, also several times per turn. The returned function unsubscribes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The key's version at a revision that is not compacted; undefined where it did not exist. */
  get(key: string, revision: number = this.#revision): Change | undefined {
    let change = this.#newest.get(key);
    while (change !== undefined && change.revision > revision) change = change.before;
    return change?.kind === "deleted" ? undefined : change;
  }

  /** Writes a key; `event` gets the new revision. Returns the stored version when nothing would change. */
  put(key: string, event: CoreEvent): Change {
    const current = this.get(key);
    if (current !== undefined && bodyAt(event, current.revision) === current.body) return current;
    const revision = ++this.#revision;
    const kind = current === undefined ? "created" : "modified";
    if (current === undefined) this.#live += 1;
    const change = this.#append(key, revision, kind, bodyAt(event, revision));
    this.#notify();
    return change;
  }

  /** Deletes keys in one revision, as an expired lease does; skips unknown keys. */
  delete(keys: readonly string[]): void {
    const known = keys.map((key) => this.get(key)).filter((change): change is Change => change !== undefined);
    if (known.length === 0) return;
    const revision = ++this.#revision;
    for (const { key, body } of known) {
      this.#live -= 1;
      this.#append(key, revision, "deleted", withRevision(body, revision));
    }
    this.#notify();
  }

  /** Versions at a revision that is not compacted, in key order, of keys with this prefix at or after `start`. */
  *range(prefix: string, start: string, revision: number): Generator<Change> {
    for (const key of this.#keys.from(start, prefix)) {
      const change = this.get(key, revision);
      if (change !== undefined) yield change;
    }
  }

  /** The number of items that `range` would return. */
  count(prefix: string, start: string, revision: number): number {
    if (prefix === "" && start === "" && revision === this.#revision) return this.#live;
    let count = 0;
    for (const key of this.#keys.from(start, prefix)) if (this.get(key, revision) !== undefined) count += 1;
    return count;
  }

  /** The place in the log before the changes later than `revision`, which may be in the future. */
  after(revision: number): LogNode {
    if (revision >= this.#revision) return this.#tail;
    let node = this.#oldest;
    while (node.next !== undefined && node.next.revision <= revision) node = node.next;
    return node;
  }

  /** Forgets history before a revision, by default all but the newest versions. */
  compact(revision: number = this.#revision): void {
    if (revision <= this.#compactedRevision || revision > this.#revision) return;
    this.#compactedRevision = revision;
    let gone = false;
    // The changes of the revision itself stay: a watch from the one before may still ask for them.
    let node = this.#oldest.next;
    for (; node !== undefined && node.revision <= revision; node = node.next) {
      node.before = undefined;
      if (node.revision === revision) continue;
      this.#history -= 1;
      this.#oldest = { revision: node.revision, next: node.next };
      if (node.kind === "deleted" && this.#newest.get(node.key) === node) {
        this.#newest.delete(node.key);
        gone = true;
      }
    }
    if (gone) this.#keys.retain((key) => this.#newest.has(key));
  }

  /** The whole state, for `restore`. */
  snapshot(): StorageSnapshot {
    return { revision: this.#revision, newest: new Map(this.#newest), live: this.#live };
  }

  /**
   * Goes back to a snapshot like an etcd that is restored from one: it uses revisions again for other writes, and open
   * streams go on with the next writes.
   */
  restore({ revision, newest, live }: StorageSnapshot): void {
    this.#keys.retain((key) => newest.has(key));
    for (const key of newest.keys()) if (!this.#newest.has(key)) this.#keys.add(key);
    this.#newest.clear();
    for (const [key, change] of newest) this.#newest.set(key, change);
    this.#revision = revision;
    this.#compactedRevision = revision;
    this.#live = live;
    this.#history = 0;
    this.#oldest = this.#tail;
  }

  stats(): StorageStats {
    return {
      events: this.#live,
      revision: this.#revision,
      compactedRevision: this.#compactedRevision,
      history: this.#history,
    };
  }

  #append(key: string, revision: number, kind: Change["kind"], body: string): Change {
    const before = this.#newest.get(key);
    const change = new Change({ revision, key, kind, body, before });
    if (before === undefined) this.#keys.add(key);
    this.#newest.set(key, change);
    this.#tail.next = change;
    this.#tail = change;
    this.#history += 1;
    return change;
  }

  #notify(): void {
    if (this.#history > this.mostChanges) this.compact(this.#revision - Math.floor(this.mostChanges / 2));
    for (const listener of this.#listeners) listener();
  }
}

function bodyAt(event: CoreEvent, revision: number): string {
  const { name, generateName, namespace, uid, creationTimestamp, labels, annotations } = event.metadata;
  const metadata = {
    name,
    generateName,
    namespace,
    uid,
    resourceVersion: String(revision),
    creationTimestamp,
    labels,
    annotations,
  };
  return toGoJson({ ...event, metadata });
}

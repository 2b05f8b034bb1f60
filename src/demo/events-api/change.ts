import type { ApiGroup } from "./api-group.ts";
import { toNewStyle } from "./conversion.ts";
import type { CoreEvent } from "./core-event.ts";
import { toGoJson } from "./go-json.ts";
import { type SelectableFields, selectableFields } from "./selectors.ts";

/** A place in the log, before its next change. */
export interface LogNode {
  readonly revision: number;
  /** Set once, when the next change is made. */
  next: Change | undefined;
}

/** One write to one Event: a version of its key, and an entry of the log. It never changes, but it loses its past. */
export class Change implements LogNode {
  readonly revision: number;
  /** `namespace/name`. */
  readonly key: string;
  readonly kind: "created" | "modified" | "deleted";
  /** core/v1 JSON without kind and apiVersion. A deletion has the last body, with its own revision. */
  readonly body: string;
  /** The version before, until compaction cuts it off. */
  before: Change | undefined;
  next: Change | undefined;
  #newStyleBody: string | undefined;
  #fields: SelectableFields | undefined;

  constructor(init: Pick<Change, "revision" | "key" | "kind" | "body" | "before">) {
    this.revision = init.revision;
    this.key = init.key;
    this.kind = init.kind;
    this.body = init.body;
    this.before = init.before;
    this.next = undefined;
  }

  /** The stored Event. */
  event(): CoreEvent {
    // `Storage` wrote it from a CoreEvent.
    return JSON.parse(this.body) as CoreEvent;
  }

  /** `body` in the form of a group; made once, however many streams watch. */
  bodyIn(group: ApiGroup): string {
    if (group === "core") return this.body;
    this.#newStyleBody ??= toGoJson(toNewStyle(this.event()));
    return this.#newStyleBody;
  }

  /** This version as the last word of another revision; not part of the log. */
  withRevision(revision: number): Change {
    const body = withRevision(this.body, revision);
    return new Change({ revision, key: this.key, kind: "deleted", body, before: undefined });
  }

  fields(): SelectableFields {
    this.#fields ??= selectableFields(this.event());
    return this.#fields;
  }
}

/** A stored body that carries another revision. */
export function withRevision(body: string, revision: number): string {
  // The first match is that of the metadata: inside a string its quotes would be escaped.
  return body.replace(/"resourceVersion":"\d+"/u, `"resourceVersion":"${revision}"`);
}

import type { z } from "zod";

/** A message as a person sees it at the vendor, with later edits applied. */
export interface VendorMessage {
  readonly id: string;
  /** The channel, chat, space, service or list of recipients. */
  readonly place: string;
  /** The thread, or the message that it answers; undefined for none. */
  readonly thread: string | undefined;
  /** The words in the order in which they are read, one part a line, without markup where the vendor takes it away. */
  readonly text: string;
  /** The mentions that sound on somebody's phone. */
  readonly pings: readonly string[];
  /** The state at services for alerts: `open`, `acknowledged`, `closed`; undefined for chats. */
  readonly state: "open" | "acknowledged" | "closed" | undefined;
  readonly edits: number;
  /** The last body that was accepted for it. */
  readonly body: unknown;
}

/** The parts of a message that a vendor reads from a body; the others have a default. */
export type NewMessage = Pick<VendorMessage, "place" | "text" | "body"> & Partial<VendorMessage>;

/** The memory of a running vendor. */
export interface VendorRoom {
  readonly messages: readonly VendorMessage[];
  readonly ignored: readonly string[];
  /** Why messages that were accepted never appeared, oldest first. */
  readonly losses: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly secret: string | undefined;
  /** Reads a body by a schema; keys that the schema does not have are noted as ignored. */
  read<T>(
    schema: z.ZodType<T>,
    body: unknown,
  ): { readonly value: T } | { readonly issues: readonly z.core.$ZodIssue[] };
  /** Adds a message. Its id is the number of messages so far, plus one, unless it brings one. */
  post(message: NewMessage): VendorMessage;
  /** Notes that an accepted message will not appear. */
  lose(reason: string): void;
  /** Changes a message of this id, and counts an edit; undefined when there is none. */
  edit(id: string, change: Partial<VendorMessage>): VendorMessage | undefined;
  find(id: string): VendorMessage | undefined;
}

/** An empty memory. */
export function createRoom(outside: () => Pick<VendorRoom, "now" | "secret">): VendorRoom {
  const messages: VendorMessage[] = [];
  const ignored: string[] = [];
  const losses: string[] = [];
  return {
    messages,
    ignored,
    losses,
    get now() {
      return outside().now;
    },
    get secret() {
      return outside().secret;
    },
    read: (schema, body) => {
      const { success, data, error } = schema.safeParse(body);
      if (!success) return { issues: error.issues };
      ignored.push(...keysLost(body, data, []));
      return { value: data };
    },
    post: (message) => {
      const id = String(messages.length + 1);
      const made = { id, thread: undefined, pings: [], state: undefined, edits: 0, ...message };
      messages.push(made);
      return made;
    },
    lose: (reason) => {
      losses.push(reason);
    },
    edit: (id, change) => {
      const at = messages.findLastIndex((message) => message.id === id);
      const old = messages[at];
      if (old === undefined) return undefined;
      return (messages[at] = { ...old, ...change, edits: old.edits + 1 });
    },
    find: (id) => messages.findLast((message) => message.id === id),
  };
}

/** The keys of a tree that another one of the same form has not. */
function keysLost(whole: unknown, kept: unknown, path: readonly string[]): readonly string[] {
  if (!isTree(whole) || !isTree(kept)) return [];
  return Object.entries(whole).flatMap(([key, value]) =>
    key in kept ? keysLost(value, kept[key], [...path, key]) : [[...path, key].join(".")],
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

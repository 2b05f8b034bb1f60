import { learnOwner, type OwnerRow } from "../alert/index.ts";
import { type ClusterEvent, ownerChains } from "../event/index.ts";

/** Owners and nodes of objects, given by their keys, as far as they are known. */
export interface OwnerLookup {
  /** Nearest first, `Kind/name`. */
  ownersOf(object: string): readonly string[];
  /** "" when unknown. */
  nodeOf(object: string): string;
}

type Row = Pick<OwnerRow, "owner" | "node">;

/** Learns owners and nodes from events, as the service does. @param now Epoch milliseconds. */
export function learnFrom(events: readonly ClusterEvent[], now: number): OwnerLookup {
  const rows = new Map<string, Row>();
  for (const event of events) {
    const { cluster, involvedObject, reason, source, message } = event;
    const { kind, name, namespace: objectNamespace } = involvedObject;
    const { component } = source;
    const head = { cluster, kind, name, reason, component, objectNamespace, eventNamespace: event.namespace };
    const row = learnOwner({ head, message }, now);
    if (row === undefined) continue;
    const known = rows.get(row.object) ?? { owner: "", node: "" };
    rows.set(row.object, { owner: known.owner || row.owner, node: row.node || known.node });
  }
  return lookupIn(rows);
}

/** Reads the owners of an object, and its node, from the stored rows of a service. */
export async function readOwners(
  object: string,
  read: (objects: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
): Promise<OwnerLookup> {
  const rows = new Map<string, Row>();
  await chainsIn(rows).load([object], async (objects) => {
    for (const [each, row] of await read(objects)) rows.set(each, row);
  });
  return lookupIn(rows);
}

function lookupIn(rows: ReadonlyMap<string, Row>): OwnerLookup {
  const chains = chainsIn(rows);
  return { ownersOf: (object) => chains.of(object), nodeOf: (object) => rows.get(object)?.node ?? "" };
}

function chainsIn(rows: ReadonlyMap<string, Row>) {
  return ownerChains((object) => rows.get(object)?.owner);
}

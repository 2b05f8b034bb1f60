import { Status } from "../api/index.ts";
import type { Configuration } from "../config/index.ts";
import type { Verdict } from "../doctor/index.ts";
import { counted } from "../lib/counted.ts";
import { formatDuration } from "../lib/duration.ts";
import type { Io } from "./io.ts";
import { addressOf, remoteAt } from "./remote.ts";

type LookUps = NonNullable<Status["lookUps"]>;

/** Like the arrival of Events, it is no fault. */
const LATER = "which states can be read shows while one runs";

type Kind = LookUps["kinds"][number];

/** A check of the look-ups of the bridge that runs on this machine; none where no state is read. Never rejects. */
export function lookUpsChecks(
  { process: { kubernetes, server } }: Configuration,
  io: Io,
): readonly { readonly name: string; readonly verdict: Promise<Verdict> }[] {
  const base = addressOf(server.listen);
  if (kubernetes.enrich !== "state" || base === undefined) return [];
  return [{ name: "look-ups", verdict: askBridge(base, io) }];
}

function ok(detail: string): Verdict {
  return { level: "ok", detail, hint: "" };
}

async function askBridge(base: URL, io: Io): Promise<Verdict> {
  const answer = await remoteAt(base, io)
    .get("status", {}, Status)
    .catch(() => undefined);
  if (answer?.ok !== true) return ok(`no bridge answers at ${base.origin}; ${LATER}`);
  const { at, lookUps } = answer.value;
  if (lookUps === null) return ok(`the bridge at ${base.origin} has no engine, or reads no state; ${LATER}`);
  return judgeLookUps(lookUps, Date.parse(at));
}

/** Judges the look-ups of a running bridge. @param now Epoch milliseconds, by its clock. */
export function judgeLookUps({ kinds, requests, waiting, oldestSeconds }: LookUps, now: number): Verdict {
  const { free, burst, perSecond } = requests;
  const queue =
    waiting === 0 ? "none waits" : `${waiting} wait, the oldest for ${formatDuration(oldestSeconds * 1000)}`;
  const use = `${free} of ${counted(burst, "request")} free, ${perSecond} a second; ${queue}`;
  const readable = kinds.filter(({ state }) => state === "readable").map(({ resource }) => resource);
  const bad = kinds.filter(({ state }) => state !== "readable").map((kind) => kindText(kind, now));
  const parts = [...(readable.length === 0 ? [] : [`${readable.join(", ")} readable`]), ...bad];
  const detail = `${parts.length === 0 ? "nothing was asked for yet" : parts.join("; ")}; ${use}`;
  if (bad.length === 0) return ok(detail);
  const isForbidden = kinds.some(({ state }) => state === "forbidden");
  const grant = isForbidden ? "; grant what is forbidden: tocsin rbac | kubectl apply -f -" : "";
  const hint = `messages about these objects are not checked, and their ends come late${grant}`;
  return { level: "warn", detail, hint };
}

function kindText({ resource, state, namespaces, retryAt }: Kind, now: number): string {
  const named = namespaces.filter((namespace) => namespace !== "");
  const where = named.length === 0 ? "" : ` in ${named.join(", ")}`;
  const retry = retryAt === null ? "" : `, tried again in ${formatDuration(Date.parse(retryAt) - now)}`;
  return `${resource} ${state}${where}${retry}`;
}

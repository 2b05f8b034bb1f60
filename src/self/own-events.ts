import type { ApiClient, OwnPod } from "../kube/index.ts";
import type { ObjectReference, Report, Reporter } from "../reporter/index.ts";
import { findOwnObject } from "./own-object.ts";
import type { SelfAlert } from "./self-alerts.ts";

/** How a kind of trouble is called in Events: while it lasts, and when it is over. By the first part of its key. */
const REASONS: Readonly<Record<string, readonly [there: string, over: string]>> = {
  sink: ["SinkFailing", "SinkRecovered"],
  "dead-letter": ["MessageRefused", "MessageRefused"],
  watch: ["WatchFailing", "WatchRecovered"],
  gap: ["WatchGap", "WatchGap"],
  rewind: ["HistoryRewound", "HistoryRewound"],
  garbled: ["WatchGarbled", "WatchGarbled"],
  malformed: ["EventMalformed", "EventMalformed"],
  reload: ["ConfigRejected", "ConfigAccepted"],
  store: ["StoreFailing", "StoreRecovered"],
  state: ["StateDamaged", "StateDamaged"],
};

/**
 * Writes the bridge's own troubles as Events about its own workload, for people who look there with kubectl. They are of
 * the component `tocsin`, which no rule matches unless it asks for it: a trouble never feeds itself.
 */
export class OwnEvents {
  readonly #reporter: Pick<Reporter, "report">;
  readonly #object: () => Promise<ObjectReference>;
  #known: Promise<ObjectReference> | undefined;

  constructor(reporter: Pick<Reporter, "report">, pod: OwnPod, client: Pick<ApiClient, "getJson">) {
    this.#reporter = reporter;
    this.#object = () => findOwnObject(pod, client);
  }

  /** Never rejects: what becomes of an Event is the reporter's to tell. */
  async tell({ trouble, status }: SelfAlert): Promise<void> {
    // It is asked once: a Pod does not change hands.
    this.#known ??= this.#object();
    this.#reporter.report(
      reportOf(trouble.key, `${trouble.title}. ${trouble.text}`, status, await this.#known),
    );
  }
}

function reportOf(
  key: string,
  note: string,
  status: SelfAlert["status"],
  regarding: ObjectReference,
): Report {
  const [kind = ""] = key.split(":", 1);
  const [there, over] = REASONS[kind] ?? ["Trouble", "TroubleOver"];
  return status === "firing"
    ? { regarding, type: "Warning", reason: there, action: "Run", note }
    : { regarding, type: "Normal", reason: over, action: "Run", note: `Over: ${note}` };
}

import type { ObjectReference, Report, Reporter } from "../reporter/index.ts";
import type { SelfAlert } from "./self-alerts.ts";

/** Reasons of Events, keyed by the first part of an incident's key: while it lasts, and when it is over. */
const REASONS: Readonly<Record<string, readonly [ongoing: string, over: string]>> = {
  sink: ["SinkFailing", "SinkRecovered"],
  "dead-letter": ["MessageRefused", "MessageRefused"],
  forward: ["RecordsDropped", "RecordsDropped"],
  watch: ["WatchFailing", "WatchRecovered"],
  gap: ["WatchGap", "WatchGap"],
  rewind: ["HistoryRewound", "HistoryRewound"],
  garbled: ["WatchGarbled", "WatchGarbled"],
  malformed: ["EventMalformed", "EventMalformed"],
  reload: ["ConfigRejected", "ConfigAccepted"],
  store: ["StoreFailing", "StoreRecovered"],
  state: ["StateDamaged", "StateDamaged"],
  copy: ["StateNotCopied", "StateNotCopied"],
};

/**
 * Writes the bridge's own incidents as Events about its own workload, for people who look there with kubectl. They are
 * of the component `tocsin`, which no rule matches unless it asks for it: an incident never feeds itself.
 */
export class OwnEvents {
  readonly #reporter: Pick<Reporter, "report">;
  readonly #findWorkload: () => Promise<ObjectReference>;
  #workload: Promise<ObjectReference> | undefined;

  /** @param findWorkload Finds the object that the Events are about; asked once, never rejects. */
  constructor(reporter: Pick<Reporter, "report">, findWorkload: () => Promise<ObjectReference>) {
    this.#reporter = reporter;
    this.#findWorkload = findWorkload;
  }

  /** Never rejects: the reporter says in the log what it cannot write. */
  async report({ incident, status }: SelfAlert): Promise<void> {
    this.#workload ??= this.#findWorkload();
    const workload = await this.#workload;
    this.#reporter.report(reportOf(incident, status, workload));
  }
}

function reportOf(
  { key, title, text }: SelfAlert["incident"],
  status: SelfAlert["status"],
  regarding: ObjectReference,
): Report {
  const [kind = ""] = key.split(":", 1);
  const [ongoing, over] = REASONS[kind] ?? ["Trouble", "TroubleOver"];
  const note = `${title}. ${text}`;
  return status === "firing"
    ? { regarding, type: "Warning", reason: ongoing, action: "Run", note }
    : { regarding, type: "Normal", reason: over, action: "Run", note: `Over: ${note}` };
}

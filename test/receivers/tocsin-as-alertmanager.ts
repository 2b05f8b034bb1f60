import { type EventsApi, startEventsApi } from "../../src/demo/index.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { broken, ROUTE } from "../support/app-bed.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { type FakeReceiver, startReceiver } from "../support/fake-receiver.ts";
import { kubeconfigFor } from "../support/kubeconfig.ts";

/** Labels of alerts that are hard to quote. */
export const NOTES = [
  "plain",
  'say "hi"',
  String.raw`C:\new\table`,
  "ö🙂 {a=~b}",
  "two\nlines",
  "it's, `so`",
  "a&b <c>",
];

const HOUR = 3_600_000;

/** Opens everything. */
const TOKEN = "write-token";

/** `tocsin run` as a process on the machine's clock, with alerts of its own, for programs that take it for an Alertmanager. */
export class TocsinAsAlertmanager implements AsyncDisposable {
  readonly #bridge: BridgeProcess;
  readonly #api: EventsApi;
  readonly #hook: FakeReceiver;

  /** With one alert for each of `NOTES`, and a critical one. */
  static async start(): Promise<TocsinAsAlertmanager> {
    const api = await startEventsApi({ clock: systemClock });
    const bed = new TocsinAsAlertmanager(new BridgeProcess(), api, await startReceiver());
    await bed.#open();
    return bed;
  }

  private constructor(bridge: BridgeProcess, api: EventsApi, hook: FakeReceiver) {
    this.#bridge = bridge;
    this.#api = api;
    this.#hook = hook;
  }

  /** `http://127.0.0.1:port`, without a password. */
  get address(): string {
    return this.#bridge.address;
  }

  /** With the token as password. */
  get url(): string {
    return this.address.replace("://", `://me:${TOKEN}@`);
  }

  /** Asks as somebody with the token. */
  async ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: string }> {
    const answer = await fetch(`${this.address}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: await answer.text() };
  }

  /** Ends every silence. */
  async endSilences(): Promise<void> {
    const { body } = await this.ask("GET", "/silences?expired=false");
    // The description of the API has it so.
    for (const { id } of JSON.parse(body) as readonly { readonly id: string }[])
      await this.ask("DELETE", `/silence/${id}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bridge[Symbol.asyncDispose]();
    await Promise.all([this.#api.stop(), this.#hook.close()]);
  }

  async #open(): Promise<void> {
    const bridge = this.#bridge;
    bridge.write("kubeconfig", kubeconfigFor(this.#api.url));
    bridge.write("token", TOKEN);
    bridge.write("hook-url", this.#hook.url);
    bridge.write("rules.yaml", {
      rules: [
        { name: "it", match: { reason: "Broken" }, labels: { note: "{{ event.message }}" } },
        { name: "other", match: { reason: "Other" }, severity: "critical" },
      ],
    });
    bridge.write("tocsin.yaml", {
      cluster: "test",
      kubernetes: { kubeconfig: "kubeconfig", startFrom: "now", enrich: "off" },
      state: { path: "state.db" },
      rules: ["rules.yaml"],
      sinks: [{ name: "hook", type: "webhook", url: { file: "hook-url" } }],
      route: ROUTE,
      server: { tokens: { write: [{ file: "token" }] } },
    });
    await bridge.start();
    for (const [index, message] of NOTES.entries())
      this.#api.create(broken(`web-${index}`, index % 2 === 0 ? "shop" : "data", { message }));
    this.#api.create(broken("db", "data", { reason: "Other" }));
    await bridge.until(async () => {
      const { body } = await this.ask("GET", "/alerts");
      return (JSON.parse(body) as readonly unknown[]).length === NOTES.length + 1;
    });
  }
}

/** A silence of everything that the rule `it` tells, as programs post it. */
export function postedSilence(over: object = {}): object {
  const now = Date.now();
  return {
    matchers: [{ name: "alertname", value: "it", isRegex: false, isEqual: true }],
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + 2 * HOUR).toISOString(),
    createdBy: "anna",
    comment: "upgrade",
    ...over,
  };
}

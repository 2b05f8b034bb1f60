import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { BridgeProcess } from "../support/bridge-process.ts";
import type { Mark } from "./history.ts";

const ENTRY = fileURLToPath(new URL("bridge.ts", import.meta.url));

/** SIGTERM has to end it within this time, in any state. */
const STOP_WITHIN_MS = 10_000;

/** The lives of one bridge: each starts with what the one before has left. */
export class BridgeLife implements AsyncDisposable {
  readonly process: BridgeProcess;
  readonly marks: Mark[] = [];
  /** Its faults so far. */
  readonly problems: string[] = [];
  /** The most memory any life had, bytes. */
  peakBytes = 0;
  /** Whether it may end by itself, as it does when it cannot even open its file. */
  mayEnd = false;
  readonly #now: () => number;
  #child: ChildProcess | undefined;
  #isDying = false;

  /** @param now Milliseconds since the start of the run. */
  constructor(story: { readonly anchor: number; readonly speed: number; readonly now: () => number }) {
    this.#now = story.now;
    this.process = new BridgeProcess({
      entry: ENTRY,
      env: (directory) => ({
        CHAOS_DIRECTORY: directory,
        CHAOS_ANCHOR: String(story.anchor),
        CHAOS_SPEED: String(story.speed),
      }),
    });
  }

  get isAlive(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Begins a life; waits for nothing. @param failPoint Where this life ends itself; "" nowhere. */
  async start(failPoint = ""): Promise<void> {
    const child = await this.process.launch({ CHAOS_FAIL_POINT: failPoint });
    this.#child = child;
    this.#isDying = failPoint !== "";
    child.on("exit", (code, signal) => {
      if (this.#child !== child || this.#isDying) return;
      if (!this.mayEnd)
        this.problems.push(`ended by itself with ${code ?? signal}: ${this.process.log.slice(-600)}`);
      this.mark("kill");
      // As any supervisor would.
      setTimeout(() => {
        if (this.#child === child) void this.start();
      }, 200);
    });
  }

  /** Waits until it follows the Events. @throws {Error} after 20 s. */
  async ready(): Promise<void> {
    await this.process.ready();
  }

  /** Waits until it listens to signals: before that, SIGHUP ends it as any other process. */
  async listens(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await fetch(`${this.process.address}/livez`).catch(() => undefined);
      await sleep(50);
      if (answer !== undefined) return;
    }
  }

  /** Deliveries and records that are not delivered yet; infinite while it does not say. */
  waiting(): Promise<number> {
    return this.#sum(/^tocsin_deliveries\{.*state="waiting".*\} (\d+)/gmu);
  }

  /** Event states that its watch had missed and a list found, in this life. */
  missed(): Promise<number> {
    return this.#sum(/^tocsin_watch_missed_total (\d+)/gmu);
  }

  async #sum(metric: RegExp): Promise<number> {
    const answer = await fetch(`${this.process.address}/metrics`).catch(() => undefined);
    if (answer?.ok !== true) return Number.POSITIVE_INFINITY;
    const lines = (await answer.text()).matchAll(metric);
    return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
  }

  /** Waits until it has ended itself; false when it has not after `ms`. */
  async died(ms: number): Promise<boolean> {
    const child = this.#child;
    if (child === undefined) return true;
    const isDead = (): boolean => child.exitCode !== null || child.signalCode !== null;
    if (!isDead()) await Promise.race([once(child, "exit"), sleep(ms)]);
    if (!isDead()) return false;
    this.mark("kill");
    return true;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    this.mark("kill");
  }

  /** SIGTERM; it has to be fast, and fine. */
  async stop(): Promise<void> {
    const startedAt = performance.now();
    const late = setTimeout(() => this.#child?.kill("SIGKILL"), STOP_WITHIN_MS + 1000);
    const code = await this.#end("SIGTERM");
    clearTimeout(late);
    // Before it listens to signals, this one does what it does to any process.
    if (this.#child?.signalCode === "SIGTERM") {
      this.mark("kill");
      return;
    }
    this.mark("stop");
    const tookMs = performance.now() - startedAt;
    if (code !== 0) this.problems.push(`SIGTERM: ended with ${code}: ${this.process.log.slice(-600)}`);
    if (tookMs > STOP_WITHIN_MS) this.problems.push(`SIGTERM: took ${Math.round(tookMs)} ms`);
  }

  /** SIGSTOP for a while. */
  async pause(ms: number): Promise<void> {
    this.signal("SIGSTOP");
    this.mark("pause");
    await sleep(ms);
    this.signal("SIGCONT");
    this.mark("pause");
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  mark(what: Mark["what"]): void {
    this.marks.push({ at: this.#now(), what });
  }

  /** Notes how much memory it has taken. */
  weigh(): void {
    if (this.#child?.pid === undefined) return;
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
      const kilobytes = Number(/^VmHWM:\s+(\d+) kB/mu.exec(status)?.[1] ?? 0);
      this.peakBytes = Math.max(this.peakBytes, kilobytes * 1024);
    } catch {
      // It has just ended.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDying = true;
    this.signal("SIGCONT");
    await this.process[Symbol.asyncDispose]();
  }

  async #end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.weigh();
    this.#isDying = true;
    return signal === "SIGKILL" ? (await this.process.kill(), null) : this.process.stop();
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

import { until } from "../../../support/until.ts";

/** `tocsin demo` as somebody starts it, in a process of its own. */
export class DemoProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  #said = "";

  /** @param args After `demo`. */
  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, ["src/main.ts", "demo", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#child.stdout?.on("data", (data: Buffer) => {
      this.#said += stripVTControlCharacters(data.toString());
    });
  }

  /** Waits until it has said this. */
  async says(text: string): Promise<void> {
    await until(
      () => this.#said.includes(text),
      () => `the demo has not said ${JSON.stringify(text)}; it has said:\n${this.#said}`,
    );
  }

  /** Of its page; it is printed at the start. */
  get address(): string {
    return /http:\/\/127\.0\.0\.1:\d+/u.exec(this.#said)?.[0] ?? "";
  }

  /** Opens changes; it is printed at the start. */
  get token(): string {
    return /TOCSIN_TOKEN=([0-9a-f]+)/u.exec(this.#said)?.[1] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill("SIGTERM");
    await once(this.#child, "exit");
  }
}

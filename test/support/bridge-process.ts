import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { memorySettings } from "../../src/lib/memory-settings.ts";
import { freePort } from "./free-port.ts";
import { until } from "./until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** The program that runs instead of `tocsin run`. */
export interface BridgeProgram {
  /** A module. */
  readonly entry: string;
  readonly env: (directory: string) => Readonly<Record<string, string>>;
}

/** `tocsin run` as a process of its own, in a folder of its own: it can be killed and started again. */
export class BridgeProcess implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "tocsin-e2e-"));
  readonly #program: BridgeProgram | undefined;
  readonly #under: readonly string[];
  /** Standard error of all its lives. */
  log = "";
  #child: ChildProcess | undefined;
  /** Those that have ended, with nothing more to come on standard error. */
  readonly #closed = new WeakSet<ChildProcess>();
  #port = 0;

  /** @param under A command that runs another one, such as one that limits its memory. */
  constructor(program?: BridgeProgram, under: readonly string[] = []) {
    this.#program = program;
    this.#under = under;
  }

  /** Writes a file of the configuration; YAML may be JSON. */
  write(name: string, content: string | object): void {
    writeFileSync(
      join(this.directory, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }

  /** Starts it and waits until it is ready. */
  async start(): Promise<void> {
    await this.launch();
    await this.ready();
  }

  /** Waits until it is ready. @throws {Error} when it ends instead. */
  async ready(): Promise<void> {
    await this.until(async () => (await fetch(`${this.address}/readyz`).catch(() => undefined))?.ok);
  }

  /** Waits for a condition; its log is part of the failure. @throws {Error} when it ends meanwhile. */
  async until(holds: () => boolean | undefined | Promise<boolean | undefined>): Promise<void> {
    const child = this.#child;
    const look = async (): Promise<boolean | undefined> => {
      const isOver = child !== undefined && this.#closed.has(child);
      const found = await holds();
      if (found !== true && isOver)
        throw new Error(`the bridge ended with ${child.signalCode ?? child.exitCode}:\n${this.log}`);
      return found;
    };
    await until(look, () => this.log);
  }

  /** Starts it and waits for nothing. @param more Variables of this life only. */
  async launch(more: Readonly<Record<string, string>> = {}): Promise<ChildProcess> {
    this.#port ||= await freePort();
    const child = this.#spawn({ TOCSIN_LISTEN: `127.0.0.1:${this.#port}`, ...more });
    this.#child = child;
    return child;
  }

  /** Starts a second one in the same folder; answers its exit status. It must not stay. */
  async rival(): Promise<number | null> {
    const child = this.#spawn({ TOCSIN_LISTEN: "127.0.0.1:0" });
    await once(child, "exit");
    return child.exitCode;
  }

  get address(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Ends it in order; answers its exit status. */
  async stop(): Promise<number | null> {
    return this.#end("SIGTERM");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #spawn(more: Readonly<Record<string, string>>): ChildProcess {
    // `tocsin run` takes these by itself when it starts; another program is given them.
    const memory = memorySettings({ execArgv: [], env: process.env, limitBytes: 0 });
    const program =
      this.#program === undefined
        ? { args: [MAIN, "run", "--config", join(this.directory, "tocsin.yaml")], env: {} }
        : {
            args: [...memory.flags, this.#program.entry],
            env: { ...memory.env, ...this.#program.env(this.directory) },
          };
    const [command = "", ...rest] = [...this.#under, process.execPath, ...program.args];
    const child = spawn(command, rest, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, ...program.env, ...more },
    });
    child.once("close", () => this.#closed.add(child));
    child.stderr.on("data", (data: Buffer) => (this.log += data.toString()));
    return child;
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

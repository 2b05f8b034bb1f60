import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { type ControlPlane, findBuilt } from "./control-plane.ts";

/** An object or a list, as kubectl prints it. */
export type Json = any; // oxlint-disable-line typescript/no-explicit-any -- looked at by expect

const run = promisify(execFile);

/** The real kubectl, as the administrator of a control plane. */
export class Kubectl implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "tocsin-kubectl-"));
  /** The administrator's. */
  readonly kubeconfig: string;
  readonly #plane: ControlPlane;

  constructor(plane: ControlPlane) {
    this.#plane = plane;
    this.kubeconfig = join(this.#directory, "admin");
    writeFileSync(this.kubeconfig, plane.kubeconfig, { mode: 0o600 });
  }

  /** Runs kubectl. @returns Its output. @throws {Error} with its message. */
  async run(...args: readonly string[]): Promise<string> {
    const { stdout } = await run(findBuilt("kubectl"), ["--kubeconfig", this.kubeconfig, ...args], {
      env: { HOME: this.#directory },
    });
    return stdout;
  }

  async json(...args: readonly string[]): Promise<Json> {
    return JSON.parse(await this.run(...args, "-o", "json"));
  }

  /** Applies objects; answers what the server made of the last. */
  async apply(...objects: readonly object[]): Promise<Json> {
    const file = join(this.#directory, "objects.json");
    writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    const answer: { items?: readonly unknown[] } = await this.json("apply", "-f", file);
    return answer.items?.at(-1) ?? answer;
  }

  /** A kubeconfig file for a service account that exists. */
  async kubeconfigOf(namespace: string, serviceAccount: string): Promise<string> {
    const token = (await this.run("create", "token", serviceAccount, "--namespace", namespace)).trim();
    const file = join(this.#directory, serviceAccount);
    writeFileSync(file, this.#plane.kubeconfig.replace(this.#plane.token, token), { mode: 0o600 });
    return file;
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

import { existsSync } from "node:fs";

import type { Clock } from "../lib/clock.ts";
import { cutMiddle } from "../lib/cut-middle.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText, hasCode, toError } from "../lib/errors.ts";
import { oneLine } from "../lib/text.ts";
import type { Access } from "./access.ts";
import { execInfo, faultOfApiVersion, type PluginCredential, readExecCredential } from "./exec-credential.ts";
import type { ExecEntry, KubeContext } from "./kube-context.ts";
import { PluginError } from "./plugin-error.ts";
import { runPlugin, type PluginEnd } from "./run-plugin.ts";

/** A plugin that asks a cloud takes seconds; one that waits for a person would wait for ever. */
const LONGEST_MS = 30_000;

/** Characters of what a plugin, or the kubeconfig about it, says in a message; as a remedy. */
const LONGEST_QUOTE = 120;
const LONGEST_HINT = 1000;

/** Collaborators of a plugin. */
export interface PluginContext {
  /** The plugin gets it, and its own variables. */
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/** A command that gives credentials, as kubectl runs it. It keeps an answer until that expires. */
export class ExecPlugin {
  readonly #context: KubeContext;
  readonly #exec: ExecEntry;
  readonly #deps: PluginContext;
  #last: PluginCredential | undefined;
  /** The running question; calls at one time share it. */
  #asked: Promise<PluginCredential> | undefined;

  /** @param exec The command of the context's user. */
  constructor(context: KubeContext, exec: ExecEntry, deps: PluginContext) {
    this.#context = context;
    this.#exec = exec;
    this.#deps = deps;
  }

  /**
   * Asks the plugin, unless its last answer is still good.
   *
   * @param ca PEM of the cluster's authority, for plugins that want to know the cluster.
   * @throws {PluginError}
   */
  async access(ca: string | undefined): Promise<Access> {
    const { token, certificate = {} } = await this.#current(ca);
    return { tls: certificate, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
  }

  #current(ca: string | undefined): Promise<PluginCredential> {
    const last = this.#last;
    if (last !== undefined && last.expiresAt > this.#deps.clock.now()) return Promise.resolve(last);
    this.#asked ??= this.#ask(ca)
      .then((credential) => (this.#last = credential))
      .finally(() => (this.#asked = undefined));
    return this.#asked;
  }

  /** The failure of this command. @param remedy By default, to run it by hand. */
  error(what: string, cause?: unknown, remedy = byHand(this.#exec.command)): PluginError {
    const { userName, file } = this.#context;
    const message = `user "${userName}" in ${file}: command "${this.#exec.command}" ${what}`;
    return new PluginError(message, remedy, cause === undefined ? {} : { cause });
  }

  async #ask(ca: string | undefined): Promise<PluginCredential> {
    const { apiVersion } = this.#exec;
    const unspeakable = faultOfApiVersion(apiVersion);
    if (unspeakable !== undefined) throw this.error(unspeakable, undefined, "renew the kubeconfig");
    const { failure, stdout, stderr } = await this.#run(ca);
    const said = lastWords(stderr);
    if (failure !== undefined) throw this.error(`gave no credentials: ${failure}${said}`);
    const credential = readExecCredential(stdout, apiVersion);
    if (typeof credential === "string") throw this.error(`${credential}${said}`);
    return credential;
  }

  async #run(ca: string | undefined): Promise<PluginEnd> {
    const { command, args, env } = this.#exec;
    const own = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const info = { KUBERNETES_EXEC_INFO: execInfo(this.#exec, this.#context.cluster, ca) };
    using deadline = new Deadline(this.#deps.clock, LONGEST_MS, {
      reason: () => this.error(`gave no credentials within ${LONGEST_MS / 1000} s`),
    });
    try {
      return await runPlugin(
        { command, args: args ?? [], env: { ...this.#deps.env, ...own, ...info } },
        deadline.signal,
      );
    } catch (error) {
      throw error instanceof PluginError ? error : this.#notStarted(toError(error));
    }
  }

  #notStarted(cause: Error): PluginError {
    const hint = oneLine(this.#exec.installHint ?? "");
    const remedy = hint === "" ? "install it, or use a kubeconfig without it" : cutMiddle(hint, LONGEST_HINT);
    const why = whyNotStarted(this.#exec.command, cause);
    return this.error(hint === "" ? why : `${why}: ${cutMiddle(hint, LONGEST_QUOTE)}`, undefined, remedy);
  }
}

function whyNotStarted(command: string, cause: Error): string {
  if (!hasCode(cause, new Set(["ENOENT"]))) return `cannot be started: ${errorText(cause)}`;
  if (!command.includes("/")) return "is not found in $PATH";
  return existsSync(command) ? "cannot be started: its interpreter is missing" : "is not there";
}

function byHand(command: string): string {
  return `run ${command} by hand, as the same user and with the arguments of the kubeconfig; it gets no standard input here`;
}

function lastWords(stderr: string): string {
  const said = oneLine(stderr);
  return said === "" ? "" : `: ${said.slice(-LONGEST_QUOTE)}`;
}

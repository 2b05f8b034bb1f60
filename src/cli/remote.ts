import type { z } from "zod";

import { Problem } from "../api/index.ts";
import { Deadline } from "../lib/deadline.ts";
import { errorText, TocsinError } from "../lib/errors.ts";
import { parseJson } from "../lib/parse-json.ts";
import { oneLine } from "../lib/text.ts";
import { loadOrComplain } from "./configured.ts";
import type { Io } from "./io.ts";

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Options that name a running bridge. */
export interface RemoteOptions {
  readonly config?: string;
  readonly server?: string;
  readonly json?: boolean;
}

/** The answer of a bridge, or one sentence with the failure and its remedy. */
export type Answered<Value> =
  | {
      readonly ok: true;
      readonly value: Value;
      /** Unchanged, with keys that this version does not know. */
      readonly document: unknown;
    }
  | { readonly ok: false; readonly sentence: string };

/** A fault of a request, as the bridge names it. */
export interface RequestFault {
  /** Of the parameter or the key; "" for the whole body. */
  readonly path: string;
  readonly message: string;
}

/** Makes a sentence of a fault. */
type Saying = (fault: RequestFault) => string;

/** The API of a running bridge. */
export interface Remote {
  /**
   * @param path Below `/api/v1/`; undefined values of the query are left out.
   * @throws {TocsinError} ERR_USAGE when the bridge refuses the request as wrong.
   */
  get<Value>(
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    schema: z.ZodType<Value>,
  ): Promise<Answered<Value>>;
  /**
   * @param say Words for a fault of the body, of which the user knows flags only.
   * @throws {TocsinError} As `get`.
   */
  post<Value>(path: string, body: unknown, schema: z.ZodType<Value>, say?: Saying): Promise<Answered<Value>>;
}

/**
 * The bridge of `--server`, else of `$TOCSIN_SERVER`, else of the configuration's `server.listen`; undefined when that
 * is not usable, after printing why.
 *
 * @throws {TocsinError} ERR_USAGE when the address is none.
 */
export async function findRemote(options: RemoteOptions, io: Io): Promise<Remote | undefined> {
  const base = await findAddress(options, io);
  return base && remoteAt(base, io);
}

/** The bridge at an address. */
export function remoteAt(base: URL, io: Io): Remote {
  const token = io.env["TOCSIN_TOKEN"] ?? "";
  const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
  return {
    get: (path, query, schema) => {
      const url = new URL(`api/v1/${path}`, base);
      for (const [key, value] of Object.entries(query))
        if (value !== undefined) url.searchParams.set(key, String(value));
      return ask(url, { headers }, { schema, io, say: ofFlag });
    },
    post: (path, body, schema, say = ofKey) => {
      const init = {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body),
      };
      return ask(new URL(`api/v1/${path}`, base), init, { schema, io, say });
    },
  };
}

/** The parameters of questions are named as the flags are. */
function ofFlag({ path, message }: RequestFault): string {
  return `--${path}: ${message}`;
}

function ofKey({ path, message }: RequestFault): string {
  return path === "" ? message : `${path}: ${message}`;
}

async function findAddress({ server, config }: RemoteOptions, io: Io): Promise<URL | undefined> {
  const named = server ?? io.env["TOCSIN_SERVER"] ?? "";
  if (named !== "") return parseAddress(named, server === undefined ? "$TOCSIN_SERVER" : "--server");
  const configuration = await loadOrComplain(
    { builtinWithoutFile: true, ...(config === undefined ? {} : { config }) },
    io,
  );
  if (configuration === undefined) return undefined;
  const address = addressOf(configuration.process.server.listen);
  if (address === undefined) {
    throw new TocsinError(
      "ERR_USAGE",
      "server.listen leaves the port open: say with --server URL where it is",
    );
  }
  return address;
}

/** The address of a bridge on this machine; undefined when its port is open. */
export function addressOf({ host, port }: { readonly host: string; readonly port: number }): URL | undefined {
  return port === 0 ? undefined : new URL(`http://${reachable(host)}:${port}/`);
}

/** A server on all addresses is on loopback too. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}

function parseAddress(text: string, origin: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol) || url.username + url.password !== "") {
    throw new TocsinError(
      "ERR_USAGE",
      `${origin}: expected an address such as http://127.0.0.1:8080 (a token goes into $TOCSIN_TOKEN)`,
    );
  }
  return new URL(`${url.origin}${url.pathname.replace(/\/*$/u, "/")}`);
}

async function ask<Value>(
  url: URL,
  init: RequestInit,
  { schema, io, say }: { readonly schema: z.ZodType<Value>; readonly io: Io; readonly say: Saying },
): Promise<Answered<Value>> {
  using deadline = new Deadline(io.clock, TIMEOUT_MS, { reason: () => new Error("no answer within 10 s") });
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: deadline.signal });
    const document = parseJson(await readText(response));
    if (response.status !== 200)
      return { ok: false, sentence: refusalOf(response.status, document, { url, say }) };
    const parsed = schema.safeParse(document);
    return parsed.success ? { ok: true, value: parsed.data, document } : strange(url, 200);
  } catch (error) {
    if (error instanceof TocsinError) throw error;
    const sentence = `cannot reach Tocsin at ${url.origin}: ${errorText(error)}; start it there, or name another address with --server URL or $TOCSIN_SERVER`;
    return { ok: false, sentence };
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES) throw new Error("the answer is larger than 64 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** @throws {TocsinError} ERR_USAGE for mistakes of the command line. */
function refusalOf(
  status: number,
  document: unknown,
  { url, say }: { readonly url: URL; readonly say: Saying },
): string {
  const parsed = Problem.safeParse(document);
  if (!parsed.success) return strange(url, status).sentence;
  const { error, faults = [] } = parsed.data;
  if (status === 400) {
    const messages = faults.map(say);
    throw new TocsinError("ERR_USAGE", oneLine(messages.length === 0 ? error : messages.join("; ")));
  }
  const cure = status === 401 ? "; put a token of its server.tokens into $TOCSIN_TOKEN" : "";
  return oneLine(`${url.origin} refuses: ${error}${cure}`);
}

function strange(url: URL, status: number): { readonly ok: false; readonly sentence: string } {
  return {
    ok: false,
    sentence: `${url.origin} answers (with status ${status}) as no Tocsin of this version does: look whether the address is right and the versions are the same`,
  };
}

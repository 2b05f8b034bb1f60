import type { IncomingMessage, ServerResponse } from "node:http";

import type { Clock } from "../../lib/clock.ts";
import { API_VERSION, GROUP_NAME } from "./api-group.ts";
import type { Change } from "./change.ts";
import { DISCOVERY } from "./discovery.ts";
import { readJson, sendJson } from "./http.ts";
import { listPage, parseVersion, type Selection, unparsableVersion } from "./list.ts";
import type { Namespaces } from "./namespaces.ts";
import { checkWatchQuery, parseListQuery } from "./options.ts";
import type { Registry, Target } from "./registry.ts";
import { parsePath } from "./route.ts";
import { parseFieldSelector } from "./selectors.ts";
import { badRequest, notFound, refusal, StatusError } from "./status.ts";
import type { Storage } from "./storage.ts";
import { WatchStream } from "./watch-stream.ts";

/** Collaborators of the handler. */
export interface Parts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly registry: Registry;
  readonly namespaces: Namespaces;
  /** Open streams; the handler adds and removes them. */
  readonly streams: Set<WatchStream>;
}

/** One running request. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}

/** For a watch without `timeoutSeconds`: the server's `--min-request-timeout`. */
const DEFAULT_WATCH_SECONDS = 1800;

const PATCH_TYPES = ["application/merge-patch+json", "application/strategic-merge-patch+json"];

/**
 * Answers one request.
 *
 * @throws {StatusError} for every refusal.
 */
export async function handleRequest(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams: query } = new URL(request.url ?? "/", "http://embedded");
  if (["/healthz", "/livez", "/readyz"].includes(pathname)) {
    response.end("ok");
    return;
  }
  const document = DISCOVERY[pathname];
  if (document !== undefined) {
    sendJson(response, 200, document);
    return;
  }
  const route = parsePath(pathname);
  if (route.kind === "events") {
    if (route.name === "") await handleCollection(parts, route, { request, response, query });
    else await handleObject(parts, route, { request, response, query });
  } else if (route.kind === "namespaces") {
    await handleNamespaces(parts, route.name, { request, response, query });
  } else {
    throw refusal(404, "NotFound", "the server could not find the requested resource");
  }
}

async function handleCollection(
  parts: Parts,
  target: Target,
  { request, response, query }: Exchange,
): Promise<void> {
  if (request.method === "GET") {
    if (query.get("labelSelector"))
      throw badRequest("labelSelector: the embedded server has no labels to select");
    const selection: Selection = {
      group: target.group,
      prefix: target.namespace === "" ? "" : `${target.namespace}/`,
      matches: parseFieldSelector(query.get("fieldSelector") ?? "", target.group),
    };
    if (/^(?:1|true)$/u.test(query.get("watch") ?? "")) startWatch(parts, selection, query, response);
    else sendJson(response, 200, listPage(parts.storage, selection, parseListQuery(query)));
  } else if (request.method === "POST" && target.namespace !== "") {
    const body = await readJson(request);
    parts.namespaces.get(target.namespace);
    sendJson(response, 201, render(parts.registry.create(target, body), target));
  } else {
    throw methodNotAllowed();
  }
}

async function handleObject(
  { registry, storage, namespaces }: Parts,
  target: Target,
  { request, response }: Exchange,
): Promise<void> {
  switch (request.method ?? "") {
    case "GET": {
      const change = storage.get(`${target.namespace}/${target.name}`);
      if (change === undefined) throw notFound(target.group, target.name);
      sendJson(response, 200, render(change, target));
      return;
    }
    case "PUT": {
      const body = await readJson(request);
      namespaces.get(target.namespace);
      const { change, created } = registry.replace(target, body);
      sendJson(response, created ? 201 : 200, render(change, target));
      return;
    }
    case "PATCH": {
      const type = (request.headers["content-type"] ?? "").split(";", 1)[0] ?? "";
      if (!PATCH_TYPES.includes(type)) {
        const why = `the body of the request was in an unknown format - accepted media types include: ${PATCH_TYPES.join(", ")}`;
        throw refusal(415, "UnsupportedMediaType", why);
      }
      sendJson(response, 200, render(registry.patch(target, await readJson(request)), target));
      return;
    }
    case "DELETE": {
      const { uid } = registry.remove(target).event().metadata;
      const group = GROUP_NAME[target.group];
      const details = { name: target.name, ...(group === "" ? {} : { group }), kind: "events", uid };
      sendJson(response, 200, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
      return;
    }
    default:
      throw methodNotAllowed();
  }
}

async function handleNamespaces(
  { clock, namespaces, storage }: Parts,
  name: string,
  { request, response }: Exchange,
): Promise<void> {
  if (request.method === "GET") {
    sendJson(response, 200, name === "" ? namespaces.list(storage.revision) : namespaces.get(name));
  } else if (request.method === "POST" && name === "") {
    // A namespace needs only a name, and a wrong name is refused.
    const body = (await readJson(request)) as { readonly metadata?: { readonly name?: unknown } } | null;
    const given = body?.metadata?.name;
    sendJson(response, 201, namespaces.create(typeof given === "string" ? given : "", clock.now()));
  } else {
    throw methodNotAllowed();
  }
}

function startWatch(
  { clock, storage, streams }: Parts,
  selection: Selection,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  checkWatchQuery(query);
  const asked = query.get("resourceVersion") ?? "";
  const from = asked === "" ? 0 : parseVersion(asked);
  // The server has no reason word for it, but a status of its own.
  if (from === undefined) throw new StatusError({ message: unparsableVersion(asked), code: 500 });
  const seconds = Number.parseInt(query.get("timeoutSeconds") ?? "0", 10) || DEFAULT_WATCH_SECONDS;
  response.writeHead(200, { "Content-Type": "application/json" });
  response.flushHeaders();
  const stream = new WatchStream(response, storage, selection, from);
  streams.add(stream);
  const cancel = clock.after(seconds * 1000, () => stream.end());
  response.on("close", () => {
    cancel();
    streams.delete(stream);
  });
  stream.pump();
}

function render(change: Change, { group }: Target): string {
  return `{"kind":"Event","apiVersion":"${API_VERSION[group]}",${change.bodyIn(group).slice(1)}\n`;
}

function methodNotAllowed(): Error {
  return refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
}

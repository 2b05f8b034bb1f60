import { existsSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";

/** The node's own network has this port to itself. */
const ADDRESS = { host: "127.0.0.1", port: 443 };

type Refusal = readonly [status: number, code: string, message: string];

/** By the first part of an image's name: how registries refuse, with the codes of the distribution specification. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  private: [401, "UNAUTHORIZED", "authentication required"],
  denied: [403, "DENIED", "requested access to the resource is denied"],
  limited: [429, "TOOMANYREQUESTS", "You have reached your pull rate limit."],
  broken: [503, "UNAVAILABLE", "service unavailable"],
};

/** Serves a folder that images.mjs has filled as `registry.example.com`, which refuses as others do. */
export function startRegistry(files: {
  readonly images: string;
  readonly keyFile: string;
  readonly certificateFile: string;
}): void {
  // As images.mjs writes it.
  const { tags } = JSON.parse(readFileSync(join(files.images, "tags.json"), "utf8")) as {
    readonly tags: Readonly<Record<string, string>>;
  };
  const secrets = { key: readFileSync(files.keyFile), cert: readFileSync(files.certificateFile) };
  const server = createServer(secrets, ({ url = "", method }, response) => {
    if (url === "/v2/") return response.end("{}");
    const [, name = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^?]+)/u.exec(url) ?? [];
    const refusal = REFUSALS[name.split("/")[0] ?? ""];
    if (refusal !== undefined) return refuse(response, refusal);
    const isDigest = kind === "blobs" || reference.startsWith("sha256:");
    const digest = isDigest ? reference : tags[`${name}:${reference}`];
    const file = join(files.images, "blobs", digest?.replace("sha256:", "") ?? "none");
    if (digest === undefined || !existsSync(file))
      return refuse(response, [404, "MANIFEST_UNKNOWN", "manifest unknown"]);
    const content = readFileSync(file);
    response.writeHead(200, {
      "content-type":
        kind === "blobs" ? "application/octet-stream" : "application/vnd.oci.image.manifest.v1+json",
      "content-length": content.length,
      "docker-content-digest": digest,
    });
    return response.end(method === "HEAD" ? undefined : content);
  });
  server.listen(ADDRESS);
}

function refuse(response: ServerResponse, [status, code, message]: Refusal): void {
  const challenge = status === 401 ? { "www-authenticate": 'Basic realm="registry.example.com"' } : {};
  response.writeHead(status, { "content-type": "application/json", ...challenge });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

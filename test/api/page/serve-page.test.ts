import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

import { afterAll, afterEach, beforeAll, expect, it } from "vitest";

import { createHttpServer, type HttpServer } from "../../../src/api/index.ts";
import type { Configuration } from "../../../src/config/index.ts";
import { silentLogger } from "../../../src/lib/log.ts";
import { Metrics } from "../../../src/lib/metrics.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { makeBridge, makeConfiguration } from "../make-bridge.ts";

const HTML = '<!doctype html><script type="module" src="/app.0a1b.js"></script>';
const SCRIPT = "document.title = 'tocsin';\n".repeat(50);
const STYLES = "body{color:red}";

let folder: string;
const started: HttpServer[] = [];

/** As the build of the page leaves it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-page-"));
  writeFileSync(join(folder, "index.html"), HTML);
  writeFileSync(join(folder, "icon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  writeFileSync(join(folder, "app.0a1b.js"), SCRIPT);
  writeFileSync(join(folder, "app.0a1b.js.br"), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, "app.0a1b.js.gz"), gzipSync(SCRIPT));
  writeFileSync(join(folder, "app.0a1b.css"), STYLES);
  mkdirSync(join(folder, "app.f01d.js"));
  mkdirSync(join(folder, "runbooks"));
  writeFileSync(join(folder, "runbooks", "index.html"), "<h1>Runbooks</h1>");
  writeFileSync(join(folder, "runbooks", "crash-loop.html"), "<h1>crash-loop</h1>");
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

afterAll(() => rmSync(folder, { recursive: true }));

async function start(over: { readonly pageFolder?: string; readonly page?: boolean } = {}): Promise<string> {
  const { pageFolder = folder, page = true } = over;
  const server = createHttpServer({
    listen: { host: "127.0.0.1", port: 0 },
    access: () => ({ localRead: true, read: [], write: [] }),
    pageFolder,
    health: { live: () => [], ready: () => [] },
    metrics: new Metrics(),
    reload: () => Promise.resolve({ ok: true, findings: [] }),
    bridge: await makeBridge({ configuration: () => withPage(page) }),
    clock: new FakeClock(),
    log: silentLogger,
  });
  started.push(server);
  await server.start();
  return server.address ?? "";
}

function withPage(page: boolean): Configuration {
  const { process, ...rest } = makeConfiguration();
  return { ...rest, process: { ...process, server: { ...process.server, page } } };
}

/** The head and the body as they came; `fetch` would decode it and hide that. */
function ask(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly size: number;
}> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let size = 0;
      response.on("data", (chunk: Buffer) => (size += chunk.length));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, size }),
      );
    })
      .on("error", reject)
      .end();
  });
}

it("gives the page to everyone, also from another name, and at every view", async () => {
  const base = await start();
  for (const path of ["/", "/alerts/ef27", "/history?since=24h"]) {
    const response = await fetch(base + path, { headers: { "x-forwarded-for": "192.0.2.1" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    expect(await response.text()).toBe(HTML);
  }
});

it("lets the page use nothing but its own files and API, also over plain HTTP", async () => {
  const { headers } = await fetch(await start());
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; " +
      "trusted-types 'none'",
  );
  expect(headers.has("strict-transport-security")).toBe(false);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

it("answers 304 to a page that is still the same, and 200 to a changed one", async () => {
  const base = await start();
  const etag = (await fetch(base)).headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\w-]{22}"$/u);
  expect((await ask(base, { "if-none-match": etag })).status).toBe(304);
  expect((await ask(base, { "if-none-match": '"other"' })).status).toBe(200);
});

it("lets bundles be kept for ever", async () => {
  const response = await fetch(`${await start()}/app.0a1b.css`);
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(response.headers.get("content-type")).toBe("text/css; charset=utf-8");
  expect(await response.text()).toBe(STYLES);
});

it.each([
  { accepts: "gzip, deflate, br, zstd", encoding: "br" },
  { accepts: "gzip", encoding: "gzip" },
  { accepts: "br;q=0, *", encoding: "gzip" },
  { accepts: "deflate", encoding: undefined },
  { accepts: "", encoding: undefined },
])(
  "sends what the build packed, in an encoding that is accepted: $accepts",
  async ({ accepts, encoding }) => {
    const url = `${await start()}/app.0a1b.js`;
    const { headers, size } = await ask(url, { "accept-encoding": accepts });
    expect(headers["content-encoding"]).toBe(encoding);
    expect(headers["content-length"]).toBe(String(size));
    expect(size < SCRIPT.length).toBe(encoding !== undefined);
    expect(headers["vary"]).toBe("accept-encoding");
    const response = await fetch(url, { headers: { "accept-encoding": accepts } });
    expect(await response.text()).toBe(SCRIPT);
    expect(headers["etag"]).toBe(response.headers.get("etag"));
  },
);

it("sends a file that the build did not pack as it is", async () => {
  const { headers } = await ask(`${await start()}/icon.svg`, { "accept-encoding": "br, gzip" });
  expect(headers["content-type"]).toBe("image/svg+xml");
  expect(headers["content-encoding"]).toBeUndefined();
});

it("answers a bundle of another version, a map and other methods with an error", async () => {
  const base = await start();
  expect((await fetch(`${base}/app.ffff.js`)).status).toBe(404);
  expect((await fetch(`${base}/app.0a1b.js.br`)).status).toBe(404);
  const post = await fetch(base, { method: "POST" });
  expect(post.status).toBe(405);
  expect(post.headers.get("allow")).toBe("GET, HEAD");
  expect((await fetch(`${base}/app.f01d.js`)).status).toBe(500);
});

it("gives the head alone to HEAD", async () => {
  const response = await fetch(await start(), { method: "HEAD" });
  expect(response.headers.get("content-length")).toBe(String(HTML.length));
  expect(await response.text()).toBe("");
});

it("gives runbooks, which run no script", async () => {
  const base = await start();
  const response = await fetch(`${base}/runbooks/crash-loop`);
  expect(await response.text()).toBe("<h1>crash-loop</h1>");
  expect(response.headers.get("content-security-policy")).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(await (await fetch(`${base}/runbooks`)).text()).toBe("<h1>Runbooks</h1>");
  expect((await fetch(`${base}/runbooks/no-such-rule`)).status).toBe(404);
});

it("is switched off by server.page: false", async () => {
  const base = await start({ page: false });
  for (const path of ["/", "/alerts", "/app.0a1b.js", "/runbooks", "/runbooks/crash-loop"])
    expect((await fetch(base + path)).status).toBe(404);
});

it("says what to run where no page was built", async () => {
  const base = await start({ pageFolder: join(folder, "none") });
  const response = await fetch(base);
  expect(response.status).toBe(404);
  expect(response.headers.get("content-type")).toContain("text/plain");
  expect(await response.text()).toContain("npm run build");
});

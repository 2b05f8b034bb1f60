import { get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { StreamBed } from "./stream-bed.ts";

interface Answer {
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Asks without unpacking the answer. */
async function ask(url: string, headers: Readonly<Record<string, string>>, method = "GET"): Promise<Answer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { headers, method, agent: false }, resolve);
    request.on("error", reject).end();
  });
  return { headers: answer.headers, body: await buffer(answer) };
}

async function withAlerts(count: number): Promise<StreamBed> {
  const bed = await StreamBed.open();
  await bed.putAlerts(Array.from({ length: count }, (_, index) => `a${index}`));
  return bed;
}

describe("an answer of the API", () => {
  it("comes compressed to those who take gzip, and is the same", async () => {
    await using bed = await withAlerts(50);
    const url = `${bed.address}/api/v1/alerts`;
    const [plain, packed] = [await ask(url, {}), await ask(url, { "accept-encoding": "br, gzip" })];
    expect([plain.headers["content-encoding"], packed.headers["content-encoding"]]).toEqual([
      undefined,
      "gzip",
    ]);
    expect(gunzipSync(packed.body).toString()).toBe(plain.body.toString());
    expect(packed.body.length).toBeLessThan(plain.body.length / 5);
    expect(packed.headers["content-length"]).toBe(String(packed.body.length));
    for (const { headers } of [plain, packed]) {
      expect(headers.vary?.toLowerCase()).toBe("accept-encoding");
      expect(headers["content-type"]).toBe("application/json; charset=utf-8");
      expect(headers["cache-control"]).toBe("no-store");
    }
    const { headers, body } = await ask(url, { "accept-encoding": "gzip" }, "HEAD");
    expect([headers["content-length"], body.length]).toEqual([packed.headers["content-length"], 0]);
  });

  it.each(["gzip;q=0", "br", "identity", "gzip;q=0.1, identity;q=0.5", "nonsense;;"])(
    "comes as it is to those who send accept-encoding: %s",
    async (encoding) => {
      await using bed = await withAlerts(50);
      const { headers, body } = await ask(`${bed.address}/api/v1/alerts`, { "accept-encoding": encoding });
      expect(headers["content-encoding"]).toBeUndefined();
      expect(JSON.parse(body.toString())).toMatchObject({ next: null });
    },
  );

  it("comes as it is when it is short", async () => {
    await using bed = await withAlerts(0);
    const { headers } = await ask(`${bed.address}/api/v1/alerts`, { "accept-encoding": "gzip" });
    expect(headers["content-encoding"]).toBeUndefined();
  });

  it("is never compressed where it is a stream", async () => {
    await using bed = await withAlerts(50);
    const reader = await bed.read("?after=e1-0", { "accept-encoding": "gzip" });
    await reader.arrived("alert", 50);
    expect(reader.headers["content-encoding"]).toBeUndefined();
  });
});

import { once } from "node:events";
import { createServer, request, type Server, type ServerResponse } from "node:http";

import { expect, it } from "vitest";

import { describeScene } from "./describe-scene.ts";
import { openScene, WRITE_TOKEN } from "./scene-bed.ts";

/** A proxy before the bridge whose streams can lose what they tell. */
class LossyProxy implements AsyncDisposable {
  #isLosing = false;
  readonly #streams = new Set<ServerResponse>();
  readonly #server: Server;

  constructor(bridge: string) {
    this.#server = createServer((asked, answer) => {
      const { method, headers, url = "/" } = asked;
      const onward = request(new URL(url, bridge), { method, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        if (!url.startsWith("/api/v1/stream")) {
          given.pipe(answer);
          return;
        }
        this.#streams.add(answer);
        given.on("data", (part: Buffer) => this.#isLosing || answer.write(part));
        given.on("end", () => answer.end());
      });
      onward.on("error", () => answer.destroy());
      answer.on("close", () => {
        this.#streams.delete(answer);
        onward.destroy();
      });
      asked.pipe(onward);
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}`;
  }

  lose(): void {
    this.#isLosing = true;
  }

  /** Says that something was lost, as the bridge does. */
  resync(): void {
    for (const stream of this.#streams) stream.write("event: resync\ndata: {}\n\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describeScene(
  "a gap in the stream",
  () => openScene([]),
  (stage) => {
    it("is filled: a silence that was made meanwhile is shown", async () => {
      await using proxy = new LossyProxy(stage.scene.address);
      await using opened = await stage.open(`${await proxy.open()}/silences`);
      const { page, faults } = opened;
      await page.locator(".live.live").waitFor();
      await page.getByText("the metrics server is being moved").waitFor();
      proxy.lose();
      const made = await fetch(`${stage.scene.address}/api/v1/silences`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${WRITE_TOKEN}` },
        body: JSON.stringify({
          match: { rule: "crash-loop" },
          comment: "unheard",
          author: "mila",
          for: "2h",
        }),
      });
      expect(made.ok).toBe(true);
      proxy.resync();
      await page.getByText("unheard").waitFor();
      expect(await page.locator(".live.live").count()).toBe(1);
      expect(faults).toEqual([]);
    });
  },
);

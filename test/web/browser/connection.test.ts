import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

import { expect, it } from "vitest";

import { describeScene, openNight } from "./describe-scene.ts";
import { newcomer } from "./scene.ts";

/** A wire to the bridge that can be cut and mended. */
class Wire implements AsyncDisposable {
  #isCut = false;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(to: URL) {
    this.#server = createServer((socket) => {
      if (this.#isCut) {
        socket.destroy();
        return;
      }
      const onward = connect(Number(to.port), to.hostname);
      for (const end of [socket, onward]) {
        this.#sockets.add(end);
        end.on("error", () => end.destroy());
        end.on("close", () => {
          socket.destroy();
          onward.destroy();
        });
      }
      socket.pipe(onward).pipe(socket);
    });
  }

  async open(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describeScene("the connection", openNight, (stage) => {
  it("that is cut is said, and nothing that happened meanwhile is missing once it is mended", async () => {
    await using wire = new Wire(new URL(stage.scene.address));
    await using opened = await stage.open(await wire.open());
    const { page, faults } = opened;
    await page.locator(".live.live").waitFor();
    await page.getByText("21 open alerts").waitFor();
    wire.cut();
    await page.getByText("Connection lost:").waitFor();
    expect(await page.locator(".row").count()).toBeGreaterThan(10);
    stage.scene.api.create(newcomer(Date.now()));
    wire.mend();
    await page.getByText("22 open alerts").waitFor();
    await page.locator(".live.live").waitFor();
    expect(await page.getByText("Connection lost:").count()).toBe(0);
    expect(faults).toEqual([]);
  });
});

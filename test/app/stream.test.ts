import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { STREAM_EVENTS } from "../../src/api/schemas/stream.ts";
import { StreamReader } from "../api/stream-reader.ts";
import { AppBed, broken, HOOK, READ_TOKEN, ROUTE, WRITE_TOKEN } from "../support/app-bed.ts";

/** Passes connections on, until a test cuts them. */
async function startPipe(to: string): Promise<{ url: string; cut: () => void } & Disposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const behind = connect(Number(new URL(to).port), "127.0.0.1");
    for (const each of [socket, behind]) sockets.add(each.on("error", () => undefined));
    socket.pipe(behind).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  // A server that listens has an address.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    [Symbol.dispose]: () => {
      cut();
      server.close();
    },
  };
}

/** The alerts that came, by the object that each is about: the newest phase and condition. */
function alertsOf(...readers: readonly StreamReader[]): ReadonlyMap<string, string> {
  const alerts = readers.flatMap((reader) =>
    reader.of("alert").map((data) => STREAM_EVENTS.alert.parse(data)),
  );
  return new Map(
    alerts.map(({ labels, phase, condition }) => [labels["name"] ?? "", `${phase} ${condition}`]),
  );
}

const open = (bed: AppBed, query = "", headers = {}): Promise<StreamReader> =>
  StreamReader.open(`${bed.address}/api/v1/stream${query}`, headers);

describe("the stream of a running service", () => {
  it("tells of alerts, their messages and their silences, in the forms of the lists", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    using reader = await open(bed);
    bed.api.create(broken("web"));
    await bed.until(() => alertsOf(reader).get("web") === "firing firing");
    // The receiver's yes shows in the alert, and in the delivery.
    await bed.until(() =>
      reader.of("alert").some((data) => STREAM_EVENTS.alert.parse(data).groups[0]?.accepted[0] === "hook"),
    );
    await bed.until(() =>
      reader.of("delivery").some((data) => STREAM_EVENTS.delivery.parse(data).state === "delivered"),
    );
    const silence = { match: { name: "web" }, for: "1h", comment: "x", author: "me" };
    const headers = { authorization: `Bearer ${WRITE_TOKEN}`, "content-type": "application/json" };
    await bed.get("/api/v1/silences", { method: "POST", headers, body: JSON.stringify(silence) });
    await bed.until(() => alertsOf(reader).get("web") === "firing silenced");
    expect(reader.of("silence")).toMatchObject([{ state: "active", alerts: 1, author: "me" }]);
    for (const { event, data } of reader.events) {
      // The names are those of the table.
      const schema = STREAM_EVENTS[event as keyof typeof STREAM_EVENTS];
      expect(schema.parse(data)).toEqual(data);
    }
  });

  it("goes on without loss when its connection was cut, and says so when it could not", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    using pipe = await startPipe(bed.address);
    using first = await StreamReader.open(`${pipe.url}/api/v1/stream`);
    bed.api.create(broken("a"));
    await bed.until(() => alertsOf(first).has("a"));
    pipe.cut();
    await first.ended();
    bed.api.create(broken("b"));
    await bed.arrived(2);
    using second = await StreamReader.open(`${pipe.url}/api/v1/stream`, {
      "last-event-id": first.lastId ?? "",
    });
    await bed.until(() => alertsOf(second).has("b"));
    expect(second.of("resync")).toEqual([]);
    expect(second.events[0]).toMatchObject({ event: "hello", id: first.lastId });

    expect(await bed.stop()).toBe(0);
    await second.ended();
    expect(second.events.at(-1)).toMatchObject({ event: "bye", data: { why: "stop" } });
    await bed.ready();
    using third = await open(bed, `?after=${second.lastId}`);
    await third.arrived("resync");
  });

  it("ends when a reload takes the token away", async () => {
    await using bed = await AppBed.open();
    const server = (read: readonly object[]) => ({
      listen: "127.0.0.1:0",
      localRead: false,
      tokens: { read, write: [{ file: "write-token" }] },
    });
    bed.configure({ server: server([{ file: "read-token" }]) });
    await bed.ready();
    expect((await bed.get("/api/v1/stream")).status).toBe(401);
    using reader = await open(bed, "", { authorization: `Bearer ${READ_TOKEN}` });
    await reader.arrived("hello");
    bed.configure({ server: server([]), sinks: [HOOK], route: ROUTE });
    expect((await bed.reload(WRITE_TOKEN)).status).toBe(200);
    await reader.ended();
    expect(reader.of("bye")).toEqual([{ why: "access" }]);
    expect(bed.stderr).not.toContain(READ_TOKEN);
  });

  it("is read by the program of docs/api.md", async () => {
    await using bed = await AppBed.open();
    await bed.ready();
    const [, program] = /```js\n([^]*?)```/u.exec(readFileSync("docs/api.md", "utf8")) ?? [];
    bed.write("follow.mjs", program ?? "");
    const child = spawn(process.execPath, [join(bed.directory, "follow.mjs")], {
      env: { ...process.env, TOCSIN_SERVER: bed.address },
    });
    let printed = "";
    child.stdout.on("data", (text: Buffer) => (printed += text.toString()));
    child.stderr.on("data", (text: Buffer) => (printed += text.toString()));
    try {
      await bed.until(async () => (await bed.metric("tocsin_api_streams")) === 1);
      bed.api.create(broken("web"));
      await bed.until(() => printed.includes("firing it: Pod web, 1x"));
    } finally {
      child.kill();
    }
  });
});

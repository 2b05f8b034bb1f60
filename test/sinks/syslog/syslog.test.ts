import { afterAll, describe, expect, it } from "vitest";

import { syslog } from "../../../src/sinks/syslog/syslog.ts";
import { noDeadline } from "../../support/deadline.ts";
import { describeSink, failureOfSending, makeSink, sendOnce } from "../../support/describe-sink.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { freePort } from "../../support/free-port.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-texts.ts";
import { makeRecord } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { makeAuthority } from "../email/mail-server.ts";
import { startDatagrams, startSyslog } from "./syslog-server.ts";

const authority = makeAuthority();
afterAll(() => authority[Symbol.dispose]());

/** RFC 5424, 6: the head, structured data with its escapes, and a message without control characters. */
const MESSAGE =
  /^<(?:132|134)>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} tocsin - [!-~]{1,32} \[tocsin@32473(?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")+\] [^\p{Cc}]*$/u;

describeSink(syslog, {
  receiver: () => startSyslog(),
  options: ({ port }) => ({ address: `127.0.0.1:${port}` }),
  checkRecord: (body) => {
    expect(body).toMatch(MESSAGE);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(8000);
    expect(body).toContain(' id="record-1" cluster="prod-eu1"');
  },
});

describe("the syslog sink", () => {
  it("writes a message as RFC 5424 has it", async () => {
    await using server = await startSyslog();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}` });
    await sink.write?.(
      [makeRecord("a"), makeRecord("b", { type: "Warning", message: "two\nlines" })],
      noDeadline(),
    );
    await sink.close();
    const [first, second] = await server.bodies();
    expect(first).toBe(
      '<134>1 2026-06-01T10:04:00.000Z node-1 tocsin - BackOff [tocsin@32473 id="a" cluster="prod-eu1" namespace="shop" kind="Pod" name="web-1" container="app" type="Normal" reason="BackOff" component="kubelet" node="node-1" uid="0b6f4c1e-6f0e-4c6e-9a57-2f1f6f3b9d10" count="3" delta="1"] Back-off pulling image "registry.example/shop/web:1.4.2"',
    );
    expect(second).toMatch(/^<132>1 .* two lines$/u);
  });

  it("escapes what would end a value, and names the cluster where there is no node", async () => {
    await using server = await startSyslog();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}` });
    const source = { component: String.raw`a"b\c]d`, host: "" };
    await sink.write?.([makeRecord("a", { source, reason: "" })], noDeadline());
    await sink.close();
    const [message] = await server.bodies();
    expect(message).toContain(String.raw` component="a\"b\\c\]d" `);
    expect(message).toMatch(/Z prod-eu1 tocsin - - \[/u);
    expect(message).not.toContain("reason=");
  });

  it("puts a line break behind each message when told so", async () => {
    await using server = await startSyslog();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}`, framing: "newline" });
    const records = Object.entries(HOSTILE_TEXTS).map(([name, text]) => makeRecord(name, { message: text }));
    await sink.write?.(records, noDeadline());
    await sink.close();
    const lines = server.texts.join("").split("\n");
    expect(lines).toHaveLength(records.length + 1);
    for (const line of lines.slice(0, -1)) expect(line).toMatch(MESSAGE);
  });

  it("speaks TLS with a certificate that it knows, and with no other", async () => {
    await using server = await startSyslog(authority);
    const options = { address: `127.0.0.1:${server.port}`, transport: "tls" };
    const { sink } = makeSink(syslog, { ...options, caFile: authority.caFile });
    await sendOnce(sink);
    expect(await sink.probe?.(noDeadline())).toBe(`${options.address} by tls`);
    await sink.close();
    expect(await server.bodies()).toHaveLength(1);
    const stranger = makeSink(syslog, options).sink;
    expect(await failureOfSending(stranger)).toMatchObject({ class: "broken", failure: "tls" });
    const misnamed = makeSink(syslog, {
      ...options,
      caFile: authority.caFile,
      serverName: "logs.example",
    }).sink;
    expect(await failureOfSending(misnamed)).toMatchObject({
      class: "broken",
      message: expect.stringContaining("the certificate is for another name"),
    });
    const lost = makeSink(syslog, { ...options, caFile: "/no/such/file" }).sink;
    expect(await failureOfSending(lost)).toMatchObject({ class: "broken", failure: "misconfigured" });
  });

  it("shows its own certificate", async () => {
    await using server = await startSyslog(authority);
    const { caFile, keyFile } = authority;
    const options = {
      address: `127.0.0.1:${server.port}`,
      transport: "tls",
      caFile,
      certFile: caFile,
      keyFile,
    };
    const { sink } = makeSink(syslog, options);
    await sendOnce(sink);
    await sink.close();
    expect(await server.bodies()).toHaveLength(1);
  });

  it("takes messages for delivered when the receiver leaves the connection open", async () => {
    await using server = await startSyslog();
    server.keepOpen();
    const clock = new FakeClock();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}` }, { clock });
    let isSent = false;
    const sent = sendOnce(sink).then(() => (isSent = true));
    await until(() => server.texts.length === 1);
    await until(async () => {
      await clock.advance(2000);
      return isSent;
    });
    await sent;
    await sink.close();
  });

  it("tries again when nobody listens, or the connection breaks", async () => {
    const { sink: lonely } = makeSink(syslog, { address: `127.0.0.1:${await freePort()}` });
    expect(await failureOfSending(lonely)).toMatchObject({ class: "transient", failure: "network" });
    await using server = await startSyslog();
    server.fail?.();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}` });
    expect(await failureOfSending(sink)).toMatchObject({ class: "transient", failure: "network" });
  });

  it("tries again when the receiver ends the connection before it has read all", async () => {
    await using server = await startSyslog();
    server.endUnread();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}` });
    // More than the buffers of both sides hold.
    const records = Array.from({ length: 3000 }, (_, index) =>
      makeRecord(`${index}`, { message: "x".repeat(7000) }),
    );
    const thrown = await Promise.resolve(sink.write?.(records, noDeadline())).catch(
      (error: unknown) => error,
    );
    expect(thrown).toMatchObject({ class: "transient", failure: "network" });
  });

  it("sends a datagram for each message by UDP, none too long", async () => {
    await using server = await startDatagrams();
    const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}`, transport: "udp" });
    const long = makeRecord("b", { message: "é".repeat(5000) });
    expect(await sink.write?.([makeRecord("a"), long], noDeadline())).toEqual([{ ok: true }, { ok: true }]);
    await until(() => server.texts.length === 2);
    expect(await sink.probe?.(noDeadline())).toContain("where nobody answers");
    await sink.close();
    for (const text of server.texts) expect(text).toMatch(MESSAGE);
    expect(Buffer.byteLength(server.texts[1] ?? "")).toBeLessThanOrEqual(2048);
    expect(server.texts[1]).toMatch(/é…$/u);
  });

  it.each(["tcp", "udp"])("refuses metadata addresses by %s", async (transport) => {
    const { sink } = makeSink(syslog, { address: "169.254.169.254:514", transport });
    expect(await failureOfSending(sink)).toMatchObject({ class: "broken", failure: "refused-address" });
  });

  it.each([
    [{ address: "logs.example:0" }, "expected host:port"],
    [{ address: "tcp://logs.example" }, "expected host:port"],
    [{ address: "a", transport: "tls", certFile: "x" }, "go together"],
    [{ address: "a", caFile: "x" }, "caFile is for transport: tls"],
    [{ address: "a", framing: "none" }, "invalid option"],
  ])("refuses %j at load", (options, message) => {
    expect(() => makeSink(syslog, options)).toThrow(message);
  });

  it.each(["logs.example", "[2001:db8::1]:514", "10.0.0.1:6514"])("takes the address %s", (address) => {
    expect(makeSink(syslog, { address }).sink).toHaveProperty("write");
  });
});

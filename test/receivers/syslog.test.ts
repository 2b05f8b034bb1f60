import { describe, expect, it } from "vitest";

import { syslog } from "../../src/sinks/syslog/syslog.ts";
import { noDeadline } from "../support/deadline.ts";
import { makeSink } from "../support/describe-sink.ts";
import { HOSTILE_TEXTS } from "../support/hostile-texts.ts";
import { makeRecord } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { RSYSLOG, startRsyslog } from "./rsyslog-server.ts";

const RECORDS = Object.values(HOSTILE_TEXTS).map((text, index) =>
  makeRecord(`r${index}`, { message: text, source: { component: text, host: "node-1" }, type: "Warning" }),
);

describe.skipIf(RSYSLOG === undefined)("rsyslog", () => {
  it.each([{ transport: "tcp" }, { transport: "tcp", framing: "newline" }, { transport: "udp" }])(
    "reads every message whole, by $transport $framing",
    async (options) => {
      await using server = await startRsyslog(RSYSLOG ?? "");
      const { sink } = makeSink(syslog, { address: `127.0.0.1:${server.port}`, ...options });
      expect(await sink.write?.(RECORDS, noDeadline())).toEqual(RECORDS.map(() => ({ ok: true })));
      await sink.close();
      await until(
        () => server.messages().length === RECORDS.length,
        () => server.program.log(),
      );
      for (const [index, message] of server.messages().entries()) {
        expect(message).toMatchObject({ severity: "warning", host: "node-1", app: "tocsin", id: "BackOff" });
        expect(new Date(message.time).toISOString()).toBe("2026-06-01T10:04:00.000Z");
        expect(message.data).toContain(
          `[tocsin@32473 id="r${index}" cluster="prod-eu1" namespace="shop" kind="Pod"`,
        );
        expect(message.data).toMatch(/delta="1"\]$/u);
      }
    },
  );
});

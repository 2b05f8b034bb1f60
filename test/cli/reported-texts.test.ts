import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { runCommand } from "./run-command.ts";

const CASES = fileURLToPath(new URL("../fixtures/cases/", import.meta.url));

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tocsin-texts-"));
});

afterEach(() => rm(cwd, { recursive: true }));

/** A message as the sinks send it. */
interface Sent {
  readonly slack: string;
  readonly email: string;
  readonly console: string;
  /** The body of the webhook. */
  readonly body: string;
}

/** The first message of a rule about every reason, for the Events of a reported case. */
async function sentFor(name: string, rule = ""): Promise<Sent> {
  await copyFile(join(CASES, `${name}.jsonl`), join(cwd, "events.jsonl"));
  const sinks = [
    "{ name: slack, type: slack, url: { env: URL } }",
    "{ name: email, type: email, host: mail.example, from: a@mail.example, to: [b@mail.example] }",
    "{ name: console, type: stdout }",
    "{ name: body, type: webhook, url: http://hooks.example/x }",
  ];
  await writeFile(
    join(cwd, "tocsin.yaml"),
    [
      `sinks: [${sinks.join(", ")}]`,
      `rules: [{ name: all, fallback: true, match: { reason: { not: "" } }, ${rule} }]`,
      "route: { sinks: [slack, email, console, body] }",
    ].join("\n"),
  );
  const { stdout, stderr } = await runCommand(["render", "all", "--events", "events.jsonl", "--json"], {
    cwd,
  });
  expect(stderr).toBe("");
  // The command's own shape.
  const { messages } = JSON.parse(stdout) as {
    readonly messages: readonly { readonly sink: keyof Sent; readonly message: string }[];
  };
  const sent = new Map(messages.map(({ sink, message }) => [sink, message]));
  const of = (sink: keyof Sent): string => sent.get(sink) ?? `no message for ${sink}`;
  return { slack: of("slack"), email: of("email"), console: of("console"), body: of("body") };
}

describe("a reported text", () => {
  it("longmsg: a long message is cut in its middle, for its end says why", async () => {
    const { slack, email, console, body } = await sentFor("longmsg");
    for (const text of [slack, email, console, body]) {
      expect(text).toContain("apply failed: ");
      expect(text).toContain("field is immutable");
    }
    expect(slack).toContain("…");
  });

  it("ansi: colours and other commands to a terminal are removed whole", async () => {
    const { slack, email, console } = await sentFor("ansi");
    for (const text of [slack, email, console]) {
      expect(text).toMatch(/ERROR(?:\s|\\t)+step/u);
      expect(text).toContain("done");
      expect(text).not.toMatch(/\[\d+m/u);
    }
  });

  it.each(["o-empty", "o-null", "o-onlyuid"])(
    "%s: an Event about no object is named itself",
    async (name) => {
      const { slack, email, console } = await sentFor(name);
      for (const text of [slack, email, console]) {
        expect(text).toContain("Strange Reason here: Event shop/a.1");
        expect(text).toContain("kubectl -n shop get event a.1 -o yaml");
      }
    },
  );

  it("o-empty: a title of one's own does not end in a colon either", async () => {
    const { console } = await sentFor("o-empty", 'title: "Trouble: {{ alert.workload }}"');
    expect(console).toContain("Trouble: Event shop/a.1");
  });

  it("skew-future1h: nothing is dated later than now", async () => {
    const { slack, email, console, body } = await sentFor("skew-future1h");
    expect(console).toContain("06:00");
    for (const text of [slack, email, console, body]) expect(text).not.toMatch(/0[67]:0[5-9]/u);
    // The body of the native format.
    const { startsAt, sentAt, alerts } = JSON.parse(body) as {
      readonly startsAt: string;
      readonly sentAt: string;
      readonly alerts: readonly {
        readonly startsAt: string;
        readonly event: { readonly lastSeen: string };
      }[];
    };
    const times = [startsAt, ...alerts.flatMap((alert) => [alert.startsAt, alert.event.lastSeen])];
    expect(times.filter((time) => time > sentAt)).toEqual([]);
  });

  it("code in the text of a rule is code in Slack, and plain elsewhere", async () => {
    const { slack, email, console } = await sentFor(
      "o-empty",
      'text: "`kubectl logs --previous` says <why>: {{ event.message }} and `<!here>` and ` too"',
    );
    expect(slack).toContain(
      "`kubectl logs --previous` says &lt;why&gt;: x and `&lt;!here&gt;` and \u02CB too",
    );
    for (const text of [email, console])
      expect(text).toContain("kubectl logs --previous says <why>: x and <!here> and ` too");
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { readPage } from "../docs/pages.ts";
import { AMTOOLS, askByClient, CLIENT, run, type Said } from "./alertmanager-clients.ts";
import { AlertmanagerDescription } from "./alertmanager-description.ts";
import { NOTES, postedSilence, TocsinAsAlertmanager } from "./tocsin-as-alertmanager.ts";

let tocsin: TocsinAsAlertmanager;

beforeAll(async () => {
  tocsin = await TocsinAsAlertmanager.start();
});

afterEach(() => tocsin.endSilences());

afterAll(async () => {
  await tocsin[Symbol.asyncDispose]();
});

describe.each(AMTOOLS)("amtool $version", ({ program }) => {
  const amtool = async (...args: readonly string[]): Promise<Said> =>
    run(program ?? "", ["--no-version-check", `--alertmanager.url=${tocsin.url}`, ...args]);
  const succeed = async (...args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await amtool(...args);
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: "" });
    return stdout;
  };
  const documents = async (...args: readonly string[]): Promise<readonly Record<string, unknown>[]> =>
    // amtool prints what it was answered.
    JSON.parse(await succeed("--output=json", ...args)) as Record<string, unknown>[];

  it.skipIf(program === undefined)("reads alerts, and picks them by matchers", async () => {
    expect(await documents("alert", "query")).toHaveLength(NOTES.length + 1);
    expect(await succeed("alert", "query", "other")).toMatch(/^other +\S+ \S+ UTC +\S.*db.* +active/mu);
    for (const note of NOTES) {
      const found = await documents("alert", "query", `note=${JSON.stringify(note)}`);
      expect(found).toMatchObject([{ labels: { alertname: "it", note } }]);
    }
    expect(await documents("alert", "query", "namespace=shop", 'note!~".*a.*"')).toHaveLength(1);
    expect(await documents("alert", "query", "--receiver=hook", "severity=critical")).toHaveLength(1);
    expect(await documents("alert", "query", "--receiver=hoo")).toHaveLength(0);
  });

  it.skipIf(program === undefined)("makes, finds, changes and ends a silence", async () => {
    const matchers = ["alertname=it", "namespace=~sh.+", "note!=plain"];
    const id = (
      await succeed("silence", "add", ...matchers, "--comment=why", "--author=me", "--duration=1h")
    ).trim();
    expect(await succeed("silence", "query")).toMatch(
      new RegExp(`^${id} +alertname="it" namespace=~"sh\\.\\+" note!="plain" .* me +why`, "mu"),
    );
    expect(await documents("silence", "query", "namespace=~sh.+")).toMatchObject([{ id, createdBy: "me" }]);
    expect(await documents("silence", "query", "namespace=shop")).toEqual([]);
    const silenced = await documents("alert", "query", "--silenced");
    for (const { status } of silenced)
      expect(status).toMatchObject({ inhibitedBy: [], silencedBy: [id], state: "suppressed" });
    expect(silenced).toHaveLength(3);
    const changed = await documents("silence", "update", id, "--duration=3h", "--comment=longer");
    expect(changed).toMatchObject([{ id, comment: "longer" }]);
    await succeed("silence", "expire", id);
    expect(await documents("silence", "query")).toEqual([]);
    expect(await documents("silence", "query", "--expired", "namespace=~sh.+")).toContainEqual(
      expect.objectContaining({ id, comment: "longer" }),
    );
    expect(await documents("alert", "query", "--silenced")).toEqual([]);
  });

  it.skipIf(program === undefined)("shows people why something is refused", async () => {
    for (const [args, words] of [
      [["alert", "add", "alertname=x"], "Tocsin takes no alerts"],
      [["silence", "add", "pod=x", "--comment=c", "--author=a"], "unknown label"],
      [["silence", "add", "name=~.*", "--comment=c", "--author=a"], "silences everything"],
      [["silence", "add", "name=x", "--comment=c", "--author=a", "--duration=40d"], "30 days"],
      [["silence", "add", "name=x", "--comment=", "--author=a"], "comment"],
    ] as const) {
      const { status, stdout, stderr } = await amtool(...args);
      expect({ args, status, said: stdout + stderr }).toEqual({
        args,
        status: 1,
        said: expect.stringContaining(words),
      });
    }
  });

  it.skipIf(program === undefined)("does each example of the page", async () => {
    const block = readPage("docs/alertmanager-api.md").blocks.find(({ language }) => language === "sh");
    const lines = block?.text.trim().split("\n") ?? [];
    expect(lines.filter((line) => line.startsWith("amtool "))).toHaveLength(5);
    // The shell sees them as people write them; the address, and the id that a silence was given, are other ones.
    const script = lines
      .map((line) =>
        line
          .replace(/^export TOCSIN=.*/u, `export TOCSIN=${tocsin.url}`)
          .replace(/^amtool /u, `${program} --no-version-check `)
          .replace("image-pull-failing", "it"),
      )
      .map((line) => (line.includes("silence add") ? `ID=$(${line})` : line))
      .join("\n");
    const { status, stdout, stderr } = await run("sh", ["-euc", script]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/upgrade/u);
    expect(await documents("silence", "query")).toEqual([]);
  });
});

describe.skipIf(CLIENT === undefined)("Alertmanager's own client", () => {
  it("reads everything", async () => {
    expect(await askByClient(tocsin.url, "getStatus")).toMatchObject({
      cluster: { status: "disabled" },
      versionInfo: { version: expect.stringMatching(/^0\.35\.0\+tocsin/u) },
    });
    expect(await askByClient(tocsin.url, "getReceivers")).toMatchObject([{ name: "hook" }]);
    expect(await askByClient(tocsin.url, "getAlerts", { filter: ['namespace="shop"'] })).toHaveLength(4);
    expect(await askByClient(tocsin.url, "getAlerts", { active: false })).toEqual([]);
    expect(await askByClient(tocsin.url, "getAlertGroups", { receiver: "hook" })).toHaveLength(
      NOTES.length + 1,
    );
  });

  it("makes, reads, changes and ends a silence", async () => {
    // The client parses it.
    const made = (await askByClient(tocsin.url, "postSilences", postedSilence())) as { silenceID: string };
    const id = made.silenceID;
    const shown = (await askByClient(tocsin.url, "getSilence", id)) as object;
    expect(shown).toMatchObject({ id, comment: "upgrade", status: { state: "active" } });
    expect(await askByClient(tocsin.url, "postSilences", { ...shown, comment: "longer" })).toEqual(made);
    expect(await askByClient(tocsin.url, "getSilences", { filter: ["alertname=it"] })).toContainEqual(
      expect.objectContaining({ id, comment: "longer" }),
    );
    expect(await askByClient(tocsin.url, "deleteSilence", id)).toBeNull();
    expect(await askByClient(tocsin.url, "getSilence", id)).toMatchObject({ status: { state: "expired" } });
  });

  it.each([
    ["getSilence", "config/none", "[404] getSilenceNotFound"],
    ["deleteSilence", "none", "[404] deleteSilenceNotFound"],
    ["postSilences", { ...postedSilence(), id: "none" }, "silence none not found"],
    ["postAlerts", [{ labels: { alertname: "x" } }], "Tocsin takes no alerts"],
  ])("understands the refusal of %s", async (operation, argument, words) => {
    await expect(askByClient(tocsin.url, operation, argument)).rejects.toThrow(words);
  });
});

describe.skipIf(CLIENT === undefined)("the description of Alertmanager's API", () => {
  it("has every answer of every operation", async () => {
    const description = new AlertmanagerDescription();
    const { body } = await tocsin.ask("POST", "/silences", postedSilence());
    // As the answers below say.
    const { silenceID: id } = JSON.parse(body) as { silenceID: string };
    const asked: readonly (readonly [string, string, unknown?])[] = [
      ["GET /status", "/status"],
      ["GET /receivers", "/receivers"],
      ["GET /receivers", "/receivers?receiver_matchers=a"],
      ["GET /alerts", "/alerts"],
      ["GET /alerts", "/alerts?silenced=false"],
      ["GET /alerts", "/alerts?filter=a"],
      ["GET /alerts", "/alerts?receiver=("],
      ["POST /alerts", "/alerts", [{ labels: { alertname: "x" } }]],
      ["GET /alerts/groups", "/alerts/groups"],
      ["GET /alerts/groups", "/alerts/groups?muted=false&filter=alertname=it"],
      ["GET /alerts/groups", "/alerts/groups?active=perhaps"],
      ["GET /silences", "/silences"],
      ["GET /silences", "/silences?filter=(="],
      ["POST /silences", "/silences", postedSilence({ comment: "other" })],
      ["POST /silences", "/silences", postedSilence({ id: "none" })],
      ["POST /silences", "/silences", { matchers: 7 }],
      ["GET /silence/{silenceID}", `/silence/${id}`],
      ["GET /silence/{silenceID}", "/silence/none"],
      ["DELETE /silence/{silenceID}", `/silence/${id}`],
      ["DELETE /silence/{silenceID}", "/silence/none"],
    ];
    expect(new Set(asked.map(([operation]) => operation))).toEqual(new Set(description.operations));
    const answered = new Set<string>();
    for (const [operation, path, document] of asked) {
      const answer = await tocsin.ask(operation.split(" ")[0] ?? "", path, document);
      expect([path, answer.status, description.faultsOf(operation, answer.status, answer.body)]).toEqual([
        path,
        answer.status,
        "",
      ]);
      answered.add(`${operation} ${answer.status}`);
    }
    // As many as it has, but those of failures of the server.
    expect(answered.size).toBe(17);
    expect(description.faultsOf("GET /status", 200, "{}")).toContain("must have required property");
  });
});

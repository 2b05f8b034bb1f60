import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { parseMatcher } from "../../src/api/alertmanager/parse-matcher.ts";
import { anyString } from "../support/any-string.ts";
import { rounds } from "../support/rounds.ts";
import { askByClient, CLIENT } from "./alertmanager-clients.ts";
import { ALERTMANAGERS, type AlertmanagerServer, startAlertmanager } from "./alertmanager-server.ts";
import { NOTES, postedSilence, TocsinAsAlertmanager } from "./tocsin-as-alertmanager.ts";

const HOUR = 3_600_000;

let tocsin: TocsinAsAlertmanager;

beforeAll(async () => {
  tocsin = await TocsinAsAlertmanager.start();
});

afterEach(() => tocsin.endSilences());

afterAll(async () => {
  await tocsin[Symbol.asyncDispose]();
});

describe.skipIf(ALERTMANAGERS[1].program === undefined || CLIENT === undefined)(
  "beside the true Alertmanager 0.35",
  () => {
    let alertmanager: AlertmanagerServer;
    beforeAll(async () => {
      alertmanager = await startAlertmanager(
        ALERTMANAGERS[1].program ?? "",
        "route: { receiver: hook, group_by: ['...'], group_wait: 0s }\nreceivers: [{ name: hook }]",
      );
      const alerts = await labelsFrom(tocsin.address, "/alerts");
      expect(await alertmanager.post(alerts.map((labels) => ({ labels })))).toMatchObject({ status: 200 });
    });
    afterAll(async () => {
      await alertmanager[Symbol.asyncDispose]();
    });

    async function read(address: string, path: string): Promise<{ status: number; body: unknown }> {
      const answer = await fetch(`${address}/api/v2${path}`);
      return { status: answer.status, body: await answer.json() };
    }

    async function labelsFrom(address: string, path: string): Promise<readonly object[]> {
      const { status, body } = await read(address, path);
      expect([path, status]).toEqual([path, 200]);
      // The description above has it so.
      return (body as readonly { readonly labels: object }[]).map(({ labels }) => labels);
    }

    const inAnyOrder = (all: readonly object[]): readonly string[] =>
      all
        .map((one) => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1))))
        .toSorted();

    const note = (value: string): string => encodeURIComponent(`note=${JSON.stringify(value)}`);

    it.each([
      "",
      ...NOTES.map((value) => `?filter=${note(value)}`),
      "?filter=note=~p.*n&filter=namespace=shop",
      "?filter=note!~.*a.*",
      "?filter=note=",
      "?filter=none!=",
      "?filter=none=~.*",
      '?filter="namespace"="shop"',
      "?filter=namespace!=shop&filter=alertname!=other",
      `?filter=${encodeURIComponent('note=~"two.lines"')}`,
      `?filter=${encodeURIComponent("note=~(?s)two.lines")}`,
      "?active=false",
      "?silenced=false&inhibited=false&unprocessed=false",
      "?receiver=ho.k",
      "?receiver=hoo",
      "?receiver_matchers=team=",
      "?receiver_matchers=team=sre",
    ])("picks the same alerts, and groups, by %s", async (query) => {
      for (const path of ["/alerts", "/alerts/groups"]) {
        const [ours, theirs] = await Promise.all([
          labelsFrom(tocsin.address, path + query),
          labelsFrom(alertmanager.url, path + query),
        ]);
        expect(inAnyOrder(ours)).toEqual(inAnyOrder(theirs));
      }
    });

    it.each(["?filter=a", "?filter={a=b}", "?filter=a=~(", "?receiver=(", '?filter=a="b'])(
      "refuses %s, as that one does",
      async (query) => {
        for (const { status, body } of [
          await read(tocsin.address, `/alerts${query}`),
          await read(alertmanager.url, `/alerts${query}`),
        ])
          expect([status, typeof body]).toEqual([400, "string"]);
      },
    );

    it("shows and changes silences as that one does", async () => {
      interface Listed {
        readonly id: string;
        readonly updatedAt: string;
        readonly comment: string;
        readonly matchers: readonly object[];
        readonly status: object;
      }
      const post = async (address: string, body: object): Promise<string> =>
        // The description above has it so.
        ((await askByClient(address, "postSilences", body)) as { silenceID: string }).silenceID;
      const listed = async (address: string, path: string): Promise<readonly Listed[]> => {
        const all = (await read(address, path)).body as readonly Listed[];
        return all.filter(({ comment }) => comment.startsWith("differential"));
      };
      const matcherSets = [
        [["alertname", "it", false, true]],
        [
          ["note", 'say "hi"', false, false],
          ["namespace", "sh.*|data", true, true],
        ],
        [
          ["note", "two.lines", true, false],
          ["name", "db", false, false],
          ["note", "plain", false, false],
          ["alertname", "it|other", true, true],
        ],
      ] as const;
      const later = new Date(Date.now() + 2 * HOUR).toISOString();
      for (const [index, set] of matcherSets.entries()) {
        const body = postedSilence({
          comment: `differential ${index}`,
          endsAt: new Date(Date.now() + (index + 3) * HOUR).toISOString(),
          matchers: set.map(([name, value, isRegex, isEqual]) => ({ name, value, isRegex, isEqual })),
        });
        const [ours, theirs] = [await post(tocsin.url, body), await post(alertmanager.url, body)];
        const suppressed = "/alerts?active=false";
        expect(inAnyOrder(await labelsFrom(tocsin.address, suppressed))).toEqual(
          inAnyOrder(await labelsFrom(alertmanager.url, suppressed)),
        );
        // The same again keeps its id, other matchers get another one.
        for (const [over, isKept] of [
          [{ endsAt: later }, true],
          [{ endsAt: later, matchers: [{ name: "name", value: "x", isRegex: false }] }, false],
        ] as const) {
          for (const [address, reading, id] of [
            [tocsin.url, tocsin.address, ours],
            [alertmanager.url, alertmanager.url, theirs],
          ] as const) {
            const shown = (await listed(reading, "/silences")).find((one) => one.id === id);
            expect((await post(address, { ...shown, ...over })) === id).toBe(isKept);
          }
        }
      }
      for (const query of [
        "",
        "?filter=alertname=it",
        "?filter=alertname=~it",
        "?filter=note!=plain&filter=name!=db",
        "?filter=name=x",
        "?active=false",
        "?expired=false",
        "?pending=false",
      ]) {
        const [ours, theirs] = [
          await listed(tocsin.address, `/silences${query}`),
          await listed(alertmanager.url, `/silences${query}`),
        ];
        // The times are those of two requests, and the order of matchers says nothing.
        const plain = (all: readonly Listed[]): readonly string[] =>
          all
            .map(({ comment, status, matchers }) => JSON.stringify([comment, status, inAnyOrder(matchers)]))
            .toSorted();
        expect(plain(ours)).toEqual(plain(theirs));
      }
    });

    it("parses matchers as that one does", async () => {
      const part = fc.oneof(
        fc.constantFrom(
          "foo",
          "=",
          "=~",
          "!=",
          "!~",
          '"',
          "\\",
          " ",
          "{",
          "}",
          ",",
          "\n",
          "'",
          "`",
          "ö",
          "\\n",
          '\\"',
        ),
        fc.constantFrom(
          "\\x41",
          "\\101",
          "\\u00f6",
          "\\U0001f642",
          "\\xff",
          "\\q",
          "\t",
          "\u00a0",
          "\u0085",
          "\v",
          "(",
          "a.b",
        ),
        anyString(2).map((text) => text.toWellFormed().replaceAll("\uFFFD", "")),
      );
      const likely = fc
        .tuple(
          fc.array(part, { maxLength: 2 }),
          fc.constantFrom("=", "!=", "=~", "!~"),
          fc.array(part, { maxLength: 5 }),
        )
        .map(([name, operator, value]) => name.join("") + operator + value.join(""));
      const quoted = fc
        .tuple(
          fc.array(part, { maxLength: 3 }),
          fc.constantFrom("=", "!=", "=~", "!~"),
          fc.array(part, { maxLength: 5 }),
        )
        .map(([name, operator, value]) => `"${name.join("")}"${operator}"${value.join("")}"`);
      const texts = fc.sample(
        fc.oneof(
          likely,
          quoted,
          fc.array(part, { maxLength: 8 }).map((all) => all.join("")),
        ),
        { numRuns: rounds(2000) },
      );
      // One for each text.
      const theirs: unknown[] = [];
      // An argument of a program has at most 128 KiB.
      for (let at = 0; at < texts.length; at += 500)
        theirs.push(...((await askByClient("", "parse", texts.slice(at, at + 500))) as readonly unknown[]));
      const ours = texts.map((text) => {
        const parsed = parseMatcher(text);
        return typeof parsed === "string" ? null : parsed.matcher;
      });
      for (const [index, text] of texts.entries()) expect([text, ours[index]]).toEqual([text, theirs[index]]);
      expect(ours.filter((one) => one !== null).length).toBeGreaterThan(texts.length / 20);
    });
  },
);

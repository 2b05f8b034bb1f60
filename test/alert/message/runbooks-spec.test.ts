import { describe, expect, it } from "vitest";

import { compileRunbooks } from "../../../src/alert/message/runbooks-spec.ts";
import { EngineBed } from "../../support/engine-bed.ts";

const RULES = `
rules:
  - { name: plain, match: { reason: BackOff } }
  - { name: own, match: { reason: BackOff }, runbook: "https://own.example/{{ event.reason }}" }
`;

describe("runbooks of a configuration", () => {
  const linksTo = (host: string) => compileRunbooks({ url: `https://${host}/{{ rule }}` }, ["runbooks"]);

  it("are the links of rules that name none", () => {
    const bed = new EngineBed({ rules: RULES, runbookOf: linksTo("wiki.example").runbookOf });
    bed.at(0, { reason: "BackOff", object: "shop/Pod/a" }).until(60);
    expect(runbooksIn(bed)).toEqual({
      plain: "https://wiki.example/plain",
      own: "https://own.example/BackOff",
    });
  });

  it("change with a reload for new alerts, and stay as they are for open ones", () => {
    const bed = new EngineBed({ rules: RULES, runbookOf: linksTo("old.example").runbookOf });
    bed.at(0, { reason: "BackOff", object: "shop/Pod/a" }).until(60);
    bed.reload({ rules: RULES, runbookOf: linksTo("new.example").runbookOf });
    bed.at(70, { reason: "BackOff", object: "pay/Pod/b" }).until(200);
    const links = bed.messages
      .flatMap(({ delivery }) => delivery.notification.alerts)
      .filter(({ rule }) => rule === "plain")
      .map(({ labels, runbook }) => `${labels["namespace"]} ${runbook}`);
    expect(new Set(links)).toEqual(
      new Set(["shop https://old.example/plain", "pay https://new.example/plain"]),
    );
  });

  it("know no variable but the rule, and are addresses of the web", () => {
    expect(messagesOf("https://wiki.example/{{ event.reason }}")).toEqual([
      ["error", expect.stringContaining("event")],
    ]);
    expect(messagesOf("wiki.example/{{ rule }}")).toEqual([["error", "not an http or https URL"]]);
    expect(messagesOf("https://wiki.example/")).toEqual([
      ["warning", "every rule has the same runbook: {{ rule }} is missing"],
    ]);
    expect(messagesOf("https://wiki.example/{{ rule }}")).toEqual([]);
  });
});

function runbooksIn({ messages }: EngineBed): Readonly<Record<string, string | null>> {
  const alerts = messages.flatMap(({ delivery }) => delivery.notification.alerts);
  return Object.fromEntries(alerts.map(({ rule, runbook }) => [rule, runbook]));
}

function messagesOf(url: string): readonly (readonly unknown[])[] {
  return compileRunbooks({ url }, ["runbooks"]).faults.map(({ level, message }) => [level, message]);
}

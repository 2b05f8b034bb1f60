import { describe, expect, it } from "vitest";

import { faultsOfCommit } from "./commit-message.ts";

const FOLDERS = ["src", "src/rule", "src/sinks", "src/sinks/slack", "test", "test/chaos", ".ci"];

function faultsOf(subject: string, over: { readonly body?: string; readonly sourceLines?: number } = {}) {
  return faultsOfCommit({ id: "abc", subject, body: "", sourceLines: 0, ...over }, FOLDERS);
}

describe("the message of a commit", () => {
  it.each([
    { subject: "rule: units have an origin" },
    { subject: "src/sinks/slack: a thread per group" },
    { subject: "chaos, ci: a short run" },
    { subject: `rule: ${"x".repeat(66)}` },
    { subject: "rule: fifty lines need no body", sourceLines: 50 },
    { subject: "rule: a large change", body: "Since it is needed.", sourceLines: 900 },
  ])("is fine: $subject", ({ subject, ...over }) => {
    expect(faultsOf(subject, over)).toEqual([]);
  });

  it.each([
    { subject: "units have an origin", fault: 'expected "area: what changes", not "units have an origin"' },
    { subject: "rules: x y", fault: '"rules" is no folder of the repository' },
    { subject: "rule, kubernetes: x y", fault: '"kubernetes" is no folder of the repository' },
    { subject: "rule/: x y", fault: '"rule/" is no folder of the repository' },
    { subject: ": x y", fault: '"" is no folder of the repository' },
    { subject: "rule: ends.", fault: 'expected some words without a full stop after the area, not "ends."' },
    { subject: "rule: ", fault: 'expected some words without a full stop after the area, not ""' },
    { subject: `rule: ${"x".repeat(67)}`, fault: "the subject has 73 characters; at most 72" },
    {
      subject: "rule: a large change",
      body: "\nSigned-off-by: A <a@example.org>\n",
      sourceLines: 51,
      fault: "changes 51 lines of src without a body that says what and why",
    },
  ])("is refused: $fault", ({ subject, fault, ...over }) => {
    expect(faultsOf(subject, over)).toEqual([fault]);
  });
});

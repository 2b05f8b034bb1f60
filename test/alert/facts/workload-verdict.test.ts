import { expect, it } from "vitest";

import { judgeWorkload } from "../../../src/alert/facts/workload-verdict.ts";
import { readObjectState } from "../../../src/object/index.ts";
import { START } from "../../support/engine-bed.ts";
import { deploymentBody } from "../../support/object-bodies.ts";
import { makeAlert, makeMember } from "../make.ts";

const alert = makeAlert("a", {
  labels: { cluster: "test", namespace: "shop", workload: "Deployment/web" },
  members: [makeMember("web-1", { workload: "Deployment/web" })],
});

it.each([
  { available: 90, ended: START + 90_000 },
  // The clock of its writer is ahead: only the look says something.
  { available: 120, ended: undefined },
])(
  "a workload that is available since $available s, looked at after 100 s, ended so",
  ({ available, ended }) => {
    const found = readObjectState("Deployment", deploymentBody({ available }));
    if (found === undefined) throw new Error("no state");
    const trial = { proof: "started", healthy: undefined, notBefore: 0, now: START + 130_000 } as const;
    const facts = {
      get: (object: string) => ({ object, at: START + 100_000, found }),
      wasFound: () => true,
    };
    expect(judgeWorkload(alert, trial, facts).verdict).toEqual({ kind: "healthy", endedAt: ended });
  },
);

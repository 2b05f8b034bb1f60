import { expect, it } from "vitest";

import { isContradicted } from "../../../src/alert/suppression/node-cause.ts";
import { readObjectState } from "../../../src/object/index.ts";
import { START } from "../../support/engine-bed.ts";
import { nodeBody } from "../../support/object-bodies.ts";

const cause = { labels: { reason: "NodeNotReady" }, lastSeenAt: START + 60_000, openedAt: START };

it.each([
  { state: "is ready, by a look after the Event", second: 61, ready: 61, isContrary: true },
  { state: "was ready before the Event", second: 59, ready: 0, isContrary: false },
  { state: "is not ready", second: 61, ready: undefined, isContrary: false },
])(
  "a node that $state: whether its Event is contradicted is $isContrary",
  ({ second, ready, isContrary }) => {
    const found = readObjectState("Node", nodeBody(ready)) ?? "unknown";
    expect(isContradicted(cause, { at: START + second * 1000, found })).toBe(isContrary);
  },
);

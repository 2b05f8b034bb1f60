import { describe, expect, it } from "vitest";

import { supersede } from "../../../src/store/rows/supersede.ts";
import { makeDelivery, makeNotification } from "../../support/make-delivery.ts";

const late = makeNotification({ title: "late" });
const unsent = { opening: true, started: false };
const tried = { opening: true, started: true };
const plain = { opening: false, started: true };

describe("supersede", () => {
  it.each([
    { kind: "firing", replaced: [], late, title: "firing d", opening: true, started: false },
    // An end that was never sent is replaced by a new beginning: the receiver knows the group all the same.
    { kind: "firing", replaced: [plain], late, title: "firing d", opening: false, started: false },
    { kind: "update", replaced: [], late, title: "update d", opening: false, started: false },
    { kind: "update", replaced: [plain], late, title: "update d", opening: false, started: false },
    { kind: "update", replaced: [unsent], late, title: "late", opening: true, started: false },
    { kind: "update", replaced: [tried, plain], late, title: "late", opening: true, started: true },
    { kind: "update", replaced: [unsent], late: undefined, title: "update d", opening: true, started: false },
    {
      kind: "resolved",
      replaced: [plain],
      late: undefined,
      title: "resolved d",
      opening: false,
      started: false,
    },
    { kind: "resolved", replaced: [unsent], late, title: "late", opening: true, started: false },
    {
      kind: "resolved",
      replaced: [unsent],
      late: undefined,
      title: undefined,
      opening: true,
      started: false,
    },
    { kind: "resolved", replaced: [tried], late, title: "resolved d", opening: true, started: true },
    {
      kind: "resolved",
      replaced: [unsent, tried],
      late: undefined,
      title: "resolved d",
      opening: true,
      started: true,
    },
  ] as const)("$kind over $replaced says $title", ({ kind, replaced, late, title, opening, started }) => {
    const delivery = makeDelivery("d", { kind, ifOpeningUnsent: late });
    const { notification, ...rest } = supersede(delivery, replaced);
    expect({ title: notification?.title, ...rest }).toEqual({ title, opening, started });
  });
});

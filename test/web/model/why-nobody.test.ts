import { expect, it } from "vitest";

import { whyNobody } from "../../../web/model/why-nobody.ts";

it.each([
  { events: 0, matched: 0, alerts: 0, says: "no Event in the last hour" },
  { events: 9, matched: 0, alerts: 0, says: "no Event matches" },
  { events: 9, matched: 2, alerts: 0, says: "no alert fires" },
  { events: 9, matched: 2, alerts: 1, says: "what fired was held back" },
])("nobody is notified of $matched of $events Events: $says", ({ events, matched, alerts, says }) => {
  const perRule = matched === 0 ? {} : { it: { events: matched, alerts, notifications: 0 } };
  expect(whyNobody({ events, matched, perRule })).toContain(says);
});

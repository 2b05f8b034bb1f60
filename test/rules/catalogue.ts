import { readFileSync } from "node:fs";

import { z } from "zod";

import { type ClusterEvent, normalise } from "../../src/event/index.ts";
import { parseYaml } from "../../src/lib/yaml-file.ts";

const Catalogue = z.strictObject({
  known: z.array(z.string()),
  alert: z.array(
    z.strictObject({
      of: z.string(),
      tier: z.number(),
      reason: z.string(),
      component: z.string(),
      kinds: z.array(z.string()),
      type: z.enum(["Normal", "Warning"]),
      messages: z.array(z.string()),
    }),
  ),
});

/** A reason that deserves an alert. */
export type CatalogueEntry = z.infer<typeof Catalogue>["alert"][number];

const file = new URL("../fixtures/events/catalogue.yaml", import.meta.url);

/** The known Events of Kubernetes and of add-ons. */
export const CATALOGUE = Catalogue.parse(parseYaml("catalogue.yaml", readFileSync(file, "utf8")).value);

/** An Event for each kind and form of an entry. */
export function eventsOf({
  component,
  kinds,
  messages,
  reason,
  type,
}: CatalogueEntry): readonly ClusterEvent[] {
  return kinds.flatMap((kind) =>
    messages.map((message) => {
      const place = ["Node", "PersistentVolume"].includes(kind) ? {} : { namespace: "shop" };
      return normalise(
        {
          metadata: { name: "an-event", namespace: "default", uid: "u", resourceVersion: "1", ...place },
          involvedObject: {
            kind,
            name: "it",
            ...(kind === "Pod" ? { fieldPath: "spec.containers{app}" } : {}),
            ...place,
          },
          source: { component: filled(component), host: "node-1" },
          type,
          reason: filled(reason),
          message: filled(message),
          count: 1,
          lastTimestamp: "2026-11-23T17:00:00Z",
        },
        "prod-eu1",
      );
    }),
  );
}

function filled(form: string): string {
  return form.replaceAll(/<([^<>]*)>/gu, "$1").replaceAll("*", "x");
}

import type { Notification, NotifiedAlert, NotifiedObject } from "../../alert/index.ts";

/** The cause that all alerts of a message have; "" when none is known, or when they differ: then the places have them. */
export function causeOf({ alerts }: Pick<Notification, "alerts">): string {
  const causes = new Set(alerts.map(({ evidence }) => evidence?.summary ?? ""));
  const [only = ""] = causes;
  return causes.size === 1 ? only : "";
}

/** The cause of one object's trouble; "" when none is known. */
export function causeOfObject(
  { evidence }: Pick<NotifiedAlert, "evidence">,
  { kind, name, container }: Pick<NotifiedObject, "kind" | "name" | "container">,
): string {
  const object = `${kind}/${name}`;
  const own = evidence?.containers.find(
    (each) => each.object === object && (container === "" || each.name === container),
  );
  const state = evidence?.facts.find((fact) => fact.name === "state" && fact.object === object);
  return own?.text ?? state?.value ?? "";
}

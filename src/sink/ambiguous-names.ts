import type { Fault } from "../lib/schema.ts";

/** Texts in which the name of an Event may have been meant, as the body has it, and not that of the object. */
export function ambiguousNames(fields: Readonly<Record<string, unknown>>): readonly Fault[] {
  return ["title", "text", "template", "labels"].flatMap((key): readonly Fault[] => {
    const holes = (JSON.stringify(fields[key]) ?? "").match(/\{\{.*?\}\}/gu)?.join() ?? "";
    const [, name] = /(?<![\w.])(?:alert\.)?event\.(name|namespace)\b/u.exec(holes) ?? [];
    if (name === undefined) return [];
    const message = `event.${name} is that of the object, as in rules; write event.involvedObject.${name}, or event.metadata.${name} for that of the Event itself`;
    return [{ level: "warning", path: [key], message }];
  });
}

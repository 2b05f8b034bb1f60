import type { EventRecord } from "../../../alert/index.ts";
import { DeliveryError } from "../../../egress/index.ts";
import { TocsinError } from "../../../lib/errors.ts";
import { wellFormedJson } from "../../../sink/index.ts";
import { renderNotification, renderRecord, type TemplateTree } from "../../../sink/options/index.ts";
import type { Format } from "./format.ts";

const JSON_TYPE = "application/json";

/** The body that the user wrote. @param now Epoch milliseconds, for `ago()`. */
export function templateFormat(tree: TemplateTree, now: () => number): Format {
  return {
    contentType: JSON_TYPE,
    listType: JSON_TYPE,
    body: (notification) => orPoison(() => renderNotification(tree, notification, now())),
    // The engine makes records of this shape, as JSON.
    record: ({ body }) => orPoison(() => renderRecord(tree, JSON.parse(body) as EventRecord, now())),
  };
}

function orPoison(render: () => string): string {
  try {
    return wellFormedJson(render());
  } catch (error) {
    if (!(error instanceof TocsinError)) throw error;
    throw DeliveryError.poison("misconfigured", `the template fails: ${error.message}`);
  }
}

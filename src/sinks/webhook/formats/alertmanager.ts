import { wellFormedJson } from "../../../sink/index.ts";
import { alertmanagerBody } from "./alertmanager-body.ts";
import type { Format } from "./format.ts";
import { native } from "./native.ts";

/** The body of Alertmanager's webhook, so that receivers written for it need nothing of their own. */
export const alertmanager: Format = {
  ...native,
  body: (notification) => wellFormedJson(JSON.stringify(alertmanagerBody(notification))),
};

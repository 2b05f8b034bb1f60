import { onlyVariable } from "../../variables.ts";
import { textOf } from "../read-exporter.ts";
import { headersOf, tlsOf, withoutCredentials } from "./http-options.ts";
import { layoutOf, layoutRemarks } from "./layout-of.ts";
import type { TranslateReceiver } from "./receiver-context.ts";
import { plainOption, secretOption } from "./secret-option.ts";

/** `webhook` to an address that nobody knows: the layout is the body. */
export const translatePlainWebhook: TranslateReceiver = ({ options }, context) => {
  const address = textOf(options["endpoint"]);
  const { url, auth } = withoutCredentials(address, "endpoint", context);
  const use = { key: "url", what: "the address of the webhook", path: ["endpoint"], context };
  const layout = layoutOf(options, { key: "layout", written: "a template whose texts are texts" }, context);
  return {
    sink: {
      name: context.name,
      type: "webhook",
      url: onlyVariable(url) === undefined ? plainOption(url, ["endpoint"], context) : secretOption(url, use),
      ...(layout === undefined ? {} : { format: "template", template: layout.tree }),
      ...tlsOf(options, context),
      ...(auth === undefined ? {} : { auth }),
      ...headersOf(options, context),
    },
    remarks: layout === undefined ? [] : layoutRemarks(layout, "template"),
  };
};

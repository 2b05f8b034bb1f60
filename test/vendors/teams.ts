import { z } from "zod";

import { type ChatVendor, json, type Reply } from "./chat-vendor.ts";
import { LENGTH } from "./lengths.ts";

/** https://learn.microsoft.com/azure/logic-apps/logic-apps-http-endpoint: refusals before the flow starts. */
const refuse = (status: number, code: string, message: string): Reply =>
  json(status, { error: { code, message } });

const link = z.object({
  type: z.literal("Action.OpenUrl"),
  title: z.string().optional(),
  url: z.url({ protocol: /^https?$/u }),
});

/** https://adaptivecards.io/explorer and https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format */
const shared = {
  id: z.string().optional(),
  separator: z.boolean().optional(),
  spacing: z
    .enum(["None", "Small", "ExtraSmall", "Default", "Medium", "Large", "ExtraLarge", "Padding"])
    .optional(),
  isVisible: z.boolean().optional(),
};
const textBlock = z.object({
  type: z.literal("TextBlock"),
  ...shared,
  text: z.string(),
  wrap: z.boolean().optional(),
  maxLines: z.number().optional(),
  size: z.enum(["Small", "Default", "Medium", "Large", "ExtraLarge"]).optional(),
  weight: z.enum(["Lighter", "Default", "Bolder"]).optional(),
  color: z.enum(["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]).optional(),
  fontType: z.enum(["Default", "Monospace"]).optional(),
  isSubtle: z.boolean().optional(),
  style: z.enum(["default", "heading", "columnHeader"]).optional(),
});
const factSet = z.object({
  type: z.literal("FactSet"),
  ...shared,
  facts: z.array(z.object({ title: z.string(), value: z.string() })),
});
const codeBlock = z.object({
  type: z.literal("CodeBlock"),
  ...shared,
  codeSnippet: z.string(),
  language: z.string().optional(),
});
const actionSet = z.object({ type: z.literal("ActionSet"), ...shared, actions: z.array(link) });
const image = z.object({
  type: z.literal("Image"),
  ...shared,
  url: z.string(),
  altText: z.string().optional(),
});
/** Elements that hold others. */
const inner: z.ZodType<readonly Element[]> = z.lazy(() => z.array(element));
const container = z.object({
  type: z.literal("Container"),
  ...shared,
  items: inner,
  style: z.enum(["default", "emphasis", "good", "attention", "warning", "accent"]).optional(),
  bleed: z.boolean().optional(),
});
const column = z.object({
  type: z.literal("Column").optional(),
  width: z.union([z.string(), z.number()]).optional(),
  items: inner,
});
const columnSet = z.object({ type: z.literal("ColumnSet"), ...shared, columns: z.array(column) });

type Leaf = z.infer<typeof textBlock | typeof factSet | typeof codeBlock | typeof actionSet | typeof image>;
type Element =
  | Leaf
  | { readonly type: "Container"; readonly items: readonly Element[] }
  | { readonly type: "ColumnSet"; readonly columns: readonly { readonly items: readonly Element[] }[] };

const element = z.discriminatedUnion("type", [
  textBlock,
  factSet,
  codeBlock,
  actionSet,
  image,
  container,
  columnSet,
]);

const card = z.object({
  type: z.literal("AdaptiveCard"),
  $schema: z.string().optional(),
  // Cards to 1.5 from webhooks: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
  version: z.enum(["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"]),
  body: z.array(element),
  actions: z.array(link).max(6).optional(),
  msteams: z
    .object({
      // "Full" on the page, "full" in the types of @microsoft/teams.cards.
      width: z.enum(["Full", "full"]).optional(),
      entities: z
        .array(
          z.object({
            type: z.literal("mention"),
            text: z.string(),
            mentioned: z.looseObject({ id: z.string() }),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** https://learn.microsoft.com/connectors/teams#microsoft-teams-webhook */
const envelope = z.object({
  type: z.literal("message").optional(),
  attachments: z.array(z.unknown()),
});
const attachment = z.object({
  contentType: z.literal("application/vnd.microsoft.card.adaptive"),
  contentUrl: z.null().optional(),
  content: card,
});

/** A request of 24,453 bytes became 28,897 in Teams: https://github.com/MicrosoftDocs/msteams-docs/issues/11274 */
const GROWTH = 28_897 / 24_453;
const MOST_BYTES = 28_672;

/** Teams by a workflow: https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498 */
export const teams = {
  type: "teams",
  routes: [
    {
      method: "POST",
      path: /^(?:\/powerautomate\/automations\/direct)?\/workflows\/(?<flow>[\w-]+)\/triggers\/manual\/paths\/invoke$/u,
      take: ({ parts, query, body, json: sent }, room) => {
        // https://learn.microsoft.com/power-automate/oauth-authentication
        if (parts["flow"] !== undefined && !query.has("sig")) return UNSIGNED;
        if (sent === undefined) return INVALID;
        // From here on the flow has started, and its faults are in the history of its runs alone.
        const read = room.read(envelope, sent);
        if ("issues" in read) {
          room.lose(NO_ARRAY);
          return STARTED;
        }
        for (const each of read.value.attachments) {
          const whole = room.read(attachment, each);
          const bytes = Math.ceil(LENGTH.bytes(body) * GROWTH);
          if ("issues" in whole) room.lose(wordFor(whole.issues));
          else if (bytes > MOST_BYTES) room.lose(tooLarge(bytes));
          else {
            const { content } = whole.value;
            const buttons = (content.actions ?? []).map(({ title }) => title);
            const text = [...content.body.flatMap(wordsOf), ...buttons].filter(Boolean).join("\n");
            const called = content.msteams?.entities ?? [];
            const pings = called.filter((each) => text.includes(each.text)).map((each) => each.mentioned.id);
            room.post({ place: "channel", text, pings, body: sent });
          }
        }
        return STARTED;
      },
    },
  ],
  notFound: refuse(404, "WorkflowNotFound", "The workflow could not be found."),
  // Codes as answered by workflows and by connectors: https://github.com/MicrosoftDocs/msteams-docs/issues/1810
  states: {
    "flow deleted": refuse(404, "WorkflowNotFound", "The workflow could not be found."),
    "flow turned off": refuse(
      404,
      "WorkflowTriggerIsNotEnabled",
      "Could not execute workflow trigger 'manual' with state 'Disabled'.",
    ),
    "wrong signature": refuse(401, "AuthorizationFailed", "The authentication credentials are not valid."),
    "only for the tenant": refuse(
      401,
      "DirectApiAuthorizationRequired",
      "The request must be authenticated only by Shared Access scheme.",
    ),
    "old connector throttled": {
      status: 200,
      body: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0",
    },
    "old connector, card too large": {
      status: 200,
      body: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId tcid=0",
    },
  },
  rate: {
    // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
    windows: [
      { requests: 4, seconds: 1 },
      { requests: 60, seconds: 30 },
      { requests: 100, seconds: 3600 },
    ],
    // The gateway before the flow: https://learn.microsoft.com/azure/api-management/rate-limit-policy
    refusal: (seconds) =>
      json(
        429,
        { statusCode: 429, message: `Rate limit is exceeded. Try again in ${Math.ceil(seconds)} seconds.` },
        { "retry-after": String(Math.ceil(seconds)) },
      ),
  },
} satisfies ChatVendor;

const STARTED: Reply = { status: 202, body: "" };
const INVALID = refuse(
  400,
  "InvalidRequestContent",
  "The request content is not valid and could not be deserialized.",
);
const UNSIGNED = refuse(
  401,
  "DirectApiAuthorizationRequired",
  "The request must be authenticated only by Shared Access scheme.",
);
const NO_ARRAY =
  "The execution of template action 'Send_each_adaptive_card' failed: the result of the evaluation of 'foreach' expression " +
  "'@triggerOutputs()?['body']?['attachments']' is of type 'Null'. The result must be a valid array.";

function tooLarge(bytes: number): string {
  return `MessageSizeExceeded-Message properties size exceeded. Actual message properties size: ${bytes} bytes, whereas max allowed size is ${MOST_BYTES} bytes`;
}

/** A bare card, or one of another type, is refused in these words; others in words that nobody publishes. */
function wordFor(issues: readonly z.core.$ZodIssue[]): string {
  const path = issues[0]?.path.join(".") ?? "";
  return path === "content" || path === "content.type"
    ? "Property 'type' must be 'AdaptiveCard'."
    : `The card is not valid at ${path}`;
}

function wordsOf(shown: Element): readonly (string | undefined)[] {
  switch (shown.type) {
    case "TextBlock":
      return [shown.text];
    case "FactSet":
      return shown.facts.flatMap(({ title, value }) => [title, value]);
    case "CodeBlock":
      return [shown.codeSnippet];
    case "ActionSet":
      return shown.actions.map(({ title }) => title);
    case "Image":
      return [shown.altText];
    case "Container":
      return shown.items.flatMap(wordsOf);
    case "ColumnSet":
      return shown.columns.flatMap(({ items }) => items.flatMap(wordsOf));
    default:
      return [];
  }
}

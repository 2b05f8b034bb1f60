import { type Json, asList, asObject } from "../json.ts";
import { blockFaults } from "./blocks.ts";
import { Refusal } from "./refusal.ts";

/** Limits of a message beside those of its blocks. */
export const MESSAGE_LIMITS = {
  /** https://docs.slack.dev/reference/methods/chat.postMessage: longer text is cut, not refused. */
  text: 40_000,
  /** The words of `too_many_attachments` in slack-api-ref. */
  attachments: 100,
  /** Undocumented; 11,341 were refused (bolt-js#2867): the bound in docs/design/delivery.md#limits-of-block-kit. */
  together: 10_000,
  /** `@slack/types`, `message-attachments.d.ts`. */
  footer: 300,
  /** Slack gives the word `metadata_too_large` but publishes no figure: a bound of ours, far above what Tocsin sends. */
  metadata: 8000,
} as const;

/** The checked parts of a message; undefined ones were not given. */
export interface Content {
  readonly text: string | undefined;
  readonly blocks: readonly Json[] | undefined;
  readonly attachments: readonly Json[] | undefined;
  readonly metadata: Json | undefined;
}

/** Checks the parts of a message. Throws a `Refusal` in Slack's words. */
export function readContent(args: Json): Content {
  const blocks = parsed(args["blocks"], "invalid_blocks_format");
  const attachments = parsed(args["attachments"], "invalid_attachments");
  const metadata = parsed(args["metadata"], "invalid_metadata_format");
  const text = args["text"];
  if (text !== undefined && typeof text !== "string") throw new Refusal("invalid_arguments");
  if (blocks !== undefined) checkBlocks(blocks);
  if (attachments !== undefined) checkAttachments(attachments);
  if (metadata !== undefined) checkMetadata(metadata);
  if (lengthOfTexts([blocks, attachments]) > MESSAGE_LIMITS.together)
    throw new Refusal("msg_blocks_too_long");
  return {
    text: text?.slice(0, MESSAGE_LIMITS.text),
    // The checks above have seen that they are lists of objects, and an object.
    blocks: blocks as readonly Json[] | undefined,
    attachments: attachments as readonly Json[] | undefined,
    metadata: metadata as Json | undefined,
  };
}

/** Whether a person sees anything of it. */
export function isEmpty({ text, blocks, attachments }: Content): boolean {
  return (text ?? "").trim() === "" && (blocks ?? []).length === 0 && (attachments ?? []).length === 0;
}

/** Lists and objects are JSON texts in forms, and may be in JSON ("presented as a URL-encoded string"). */
function parsed(value: unknown, word: string): unknown {
  if (typeof value !== "string") return value ?? undefined;
  try {
    return JSON.parse(value);
  } catch {
    throw new Refusal(word);
  }
}

function checkBlocks(blocks: unknown): void {
  if (!Array.isArray(blocks)) throw new Refusal("invalid_blocks_format");
  const faults = blockFaults("/blocks", blocks);
  if (faults.length > 0) throw new Refusal("invalid_blocks", faults);
}

/** `blocks` and these keys in one attachment are refused: node-slack-sdk#1112. */
const NOT_WITH_BLOCKS = ["footer", "ts", "title", "text", "fields", "author_name", "pretext"];

function checkAttachments(attachments: unknown): void {
  if (!Array.isArray(attachments)) throw new Refusal("invalid_attachments");
  if (attachments.length > MESSAGE_LIMITS.attachments) throw new Refusal("too_many_attachments");
  const faults = attachments.flatMap((attachment, index) =>
    attachmentFaults(`/attachments/${index}`, asObject(attachment)),
  );
  if (faults.length > 0) throw new Refusal("invalid_attachments", faults);
}

function attachmentFaults(at: string, attachment: Json | undefined): readonly string[] {
  if (attachment === undefined) return [`[ERROR] must be an object [json-pointer:${at}]`];
  const { blocks, footer, color } = attachment;
  const faults: string[] = [];
  if (blocks !== undefined) {
    faults.push(...blockFaults(`${at}/blocks`, blocks));
    for (const key of NOT_WITH_BLOCKS)
      if (key in attachment) faults.push(`[ERROR] not together with blocks [json-pointer:${at}/${key}]`);
  }
  if (typeof footer === "string" && footer.length > MESSAGE_LIMITS.footer)
    faults.push(`[ERROR] must be less than 301 characters [json-pointer:${at}/footer]`);
  // "good, warning, danger, or any hex color code": the page on secondary message attachments.
  if (color !== undefined && !isColour(color)) faults.push(`[ERROR] not a colour [json-pointer:${at}/color]`);
  return faults;
}

function isColour(color: unknown): boolean {
  return typeof color === "string" && /^(?:good|warning|danger|#?[0-9a-f]{6})$/iu.test(color);
}

/** The shape is the type `MessageMetadata` of `@slack/types`; an empty object takes the metadata away. */
function checkMetadata(metadata: unknown): void {
  const object = asObject(metadata);
  if (object === undefined) throw new Refusal("invalid_metadata_format");
  if (Object.keys(object).length === 0) return;
  const { event_type: type, event_payload: payload } = object;
  const values = asObject(payload);
  if (typeof type !== "string" || type === "" || values === undefined)
    throw new Refusal("invalid_metadata_format");
  // https://docs.slack.dev/reference/metadata: letters, digits and underscores.
  if (!/^[a-z0-9_]+$/iu.test(type)) throw new Refusal("invalid_metadata_schema");
  if (!Object.values(values).every(isMetadataValue)) throw new Refusal("invalid_metadata_schema");
  if (JSON.stringify(object).length > MESSAGE_LIMITS.metadata) throw new Refusal("metadata_too_large");
}

function isMetadataValue(value: unknown): boolean {
  if (isScalar(value)) return true;
  if (Array.isArray(value)) return value.every((item) => isFlat(item) || isScalar(item));
  return isFlat(value);
}

function isFlat(value: unknown): boolean {
  const object = asObject(value);
  return object !== undefined && Object.values(object).every(isScalar);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** Code units of every text in blocks, wherever it stands. */
function lengthOfTexts(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + lengthOfTexts(item), 0);
  const object = asObject(value);
  if (object === undefined) return 0;
  return Object.entries(object).reduce(
    (sum, [key, item]) =>
      sum + (typeof item === "string" ? (key === "text" ? item.length : 0) : lengthOfTexts(item)),
    0,
  );
}

/** The texts in which Slack looks for mentions: those of the message and the mrkdwn texts of its blocks. */
export function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  const object = asObject(value);
  if (object === undefined) return [];
  const own = object["type"] === "mrkdwn" && typeof object["text"] === "string" ? [object["text"]] : [];
  return [
    ...own,
    ...Object.values(object).flatMap((item) => [...asList(item), asObject(item)].flatMap(textsOf)),
  ];
}

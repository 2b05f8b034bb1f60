/**
 * The limits of Block Kit, documented by Slack or not (docs/design/delivery.md#limits-of-block-kit). There is no
 * official
 * schema; the fake Slack of the tests refuses a payload beyond them.
 */
const LIMITS = {
  blocks: 50,
  text: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  attachments: 20,
  topLevelText: 4000,
  fallback: 3000,
  blockId: 255,
  url: 3000,
  together: 10_000,
} as const;

type Json = Readonly<Record<string, unknown>>;

const TOP_LEVEL = new Set([
  "text",
  "attachments",
  "blocks",
  "link_names",
  "parse",
  "unfurl_links",
  "unfurl_media",
  "mrkdwn",
]);

/** The faults for which Slack would refuse or misread a webhook payload; empty for none. */
export function validateSlackPayload(payload: unknown): string[] {
  const faults: string[] = [];
  const root = asObject(payload);
  if (root === undefined) return ["payload: not an object"];
  for (const key of Object.keys(root)) if (!TOP_LEVEL.has(key)) faults.push(`${key}: unknown key`);
  if (typeof root["text"] !== "string" || root["text"].trim() === "") faults.push("text: no_text");
  else faults.push(...mrkdwnFaults("text", root["text"], LIMITS.topLevelText));
  const attachments = asList(root["attachments"]);
  if (attachments.length > LIMITS.attachments) faults.push("attachments: too_many_attachments");
  const blocks = [
    ...blockFaults("blocks", asList(root["blocks"])),
    ...attachments.flatMap((attachment, index) =>
      attachmentFaults(`attachments[${index}]`, asObject(attachment)),
    ),
  ];
  const together = countText(root);
  if (together > LIMITS.together) faults.push(`all texts together: ${together} > ${LIMITS.together}`);
  return [...faults, ...blocks];
}

function attachmentFaults(path: string, attachment: Json | undefined): string[] {
  if (attachment === undefined) return [`${path}: not an object`];
  const faults = blockFaults(`${path}.blocks`, asList(attachment["blocks"]));
  if ("blocks" in attachment) {
    for (const key of ["footer", "ts", "title", "text", "fields", "author_name", "pretext"]) {
      if (key in attachment) faults.push(`${path}.${key}: not together with blocks`);
    }
  }
  const { color, fallback } = attachment;
  if (typeof color !== "string" || !/^#[0-9a-f]{6}$/iu.test(color))
    faults.push(`${path}.color: not a colour`);
  if (typeof fallback !== "string" || fallback === "") faults.push(`${path}.fallback: missing`);
  else faults.push(...mrkdwnFaults(`${path}.fallback`, fallback, LIMITS.fallback));
  return faults;
}

function blockFaults(path: string, blocks: readonly unknown[]): string[] {
  const faults: string[] = [];
  if (blocks.length > LIMITS.blocks) faults.push(`${path}: ${blocks.length} blocks`);
  const ids = new Set<unknown>();
  for (const [index, value] of blocks.entries()) {
    const block = asObject(value) ?? {};
    const at = `${path}[${index}]`;
    const id = block["block_id"];
    if (id !== undefined) {
      if (typeof id !== "string" || id.length > LIMITS.blockId || ids.has(id))
        faults.push(`${at}.block_id: bad`);
      ids.add(id);
    }
    faults.push(...oneBlock(at, block));
  }
  return faults;
}

function oneBlock(at: string, block: Json): string[] {
  const fields = asList(block["fields"]);
  const elements = asList(block["elements"]);
  switch (block["type"]) {
    case "divider":
      return [];
    case "header":
      return textFaults(`${at}.text`, block["text"], LIMITS.header, ["plain_text"]);
    case "section":
      return [
        ...(block["text"] === undefined && fields.length === 0 ? [`${at}: neither text nor fields`] : []),
        ...(block["text"] === undefined ? [] : textFaults(`${at}.text`, block["text"], LIMITS.text)),
        ...(fields.length > LIMITS.fields ? [`${at}.fields: ${fields.length}`] : []),
        ...fields.flatMap((field, index) => textFaults(`${at}.fields[${index}]`, field, LIMITS.field)),
      ];
    case "context":
      return [
        ...(elements.length < 1 || elements.length > LIMITS.contextElements ? [`${at}.elements: count`] : []),
        ...elements.flatMap((element, index) => textFaults(`${at}.elements[${index}]`, element, LIMITS.text)),
      ];
    default:
      return [`${at}.type: ${String(block["type"])} is not used here`];
  }
}

function textFaults(at: string, value: unknown, limit: number, types = ["plain_text", "mrkdwn"]): string[] {
  const { type, text, verbatim } = asObject(value) ?? {};
  if (typeof type !== "string" || !types.includes(type)) return [`${at}.type: ${String(type)}`];
  if (typeof text !== "string" || text.trim() === "") return [`${at}.text: empty`];
  if (type === "plain_text") return text.length > limit ? [`${at}.text: ${text.length} > ${limit}`] : [];
  return [...(verbatim === true ? [] : [`${at}: not verbatim`]), ...mrkdwnFaults(`${at}.text`, text, limit)];
}

/** Everything that `<` may open: a link, a date, a mention. */
const TOKEN =
  /<(?:(?<url>https?:\/\/[^<>|\s]+)\|[^<>|\n]+|!date\^\d+\^[^<>|^]+\|[^<>|]+|!subteam\^S[A-Z0-9]+|@[UW][A-Z0-9]+|!here|!channel|!everyone)>/gu;

function mrkdwnFaults(at: string, text: string, limit: number): string[] {
  const faults: string[] = [];
  if (text.length > limit) faults.push(`${at}: ${text.length} > ${limit}`);
  if (!text.isWellFormed()) faults.push(`${at}: half a surrogate pair`);
  for (const match of text.matchAll(TOKEN)) {
    if ((match.groups?.["url"]?.length ?? 0) > LIMITS.url) faults.push(`${at}: address too long`);
  }
  const rest = text.replaceAll(TOKEN, "");
  if (/[<>]/u.test(rest)) faults.push(`${at}: a bare < or >`);
  if (/&(?!amp;|lt;|gt;)/u.test(text)) faults.push(`${at}: a bare or cut entity`);
  if (text.split("```").length % 2 === 0) faults.push(`${at}: an open fence`);
  if (text.replaceAll("```", "").split("`").length % 2 === 0) faults.push(`${at}: open code`);
  return faults;
}

/** Code units of every text a reader could see. */
function countText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countText(item), 0);
  const object = asObject(value);
  if (object === undefined) return 0;
  return Object.entries(object).reduce(
    (sum, [key, item]) =>
      sum +
      (typeof item === "string" ? (key === "text" || key === "fallback" ? item.length : 0) : countText(item)),
    0,
  );
}

function asObject(value: unknown): Json | undefined {
  // A JSON object has string keys and values of any type.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

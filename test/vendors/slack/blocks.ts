import { type Json, asList, asObject } from "../json.ts";

/**
 * The limits of Block Kit. Those without another source are the doc comments of `@slack/types` 3.2.0
 * (`block-kit/blocks.d.ts`, `block-elements.d.ts`, `composition-objects.d.ts`).
 */
export const BLOCK_LIMITS = {
  /** https://docs.slack.dev/reference/block-kit/blocks: up to 50 in a message. */
  blocks: 50,
  text: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  actionId: 255,
  blockId: 255,
  altText: 2000,
  overflowOptions: 5,
  optionText: 75,
  /** https://docs.slack.dev/reference/block-kit/composition-objects/option-object: 150 characters. */
  optionValue: 150,
  confirmTitle: 100,
  confirmText: 300,
  confirmButton: 30,
} as const;

const MRKDWN = ["plain_text", "mrkdwn"];
const PLAIN = ["plain_text"];

/** Collects faults as Slack words them: `must be less than 3001 characters [json-pointer:/blocks/0/text/text]`. */
type Faults = string[];

/** The faults of a list of blocks; empty for none. `at` is a JSON pointer. */
export function blockFaults(at: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [`must be an array [json-pointer:${at}]`];
  const faults: Faults = [];
  if (value.length > BLOCK_LIMITS.blocks)
    faults.push(fault(at, `no more than ${BLOCK_LIMITS.blocks} items allowed`));
  const ids = new Set<unknown>();
  for (const [index, entry] of value.entries()) {
    const block = asObject(entry) ?? {};
    const here = `${at}/${index}`;
    const id = block["block_id"];
    if (id !== undefined) {
      checkText(faults, `${here}/block_id`, id, BLOCK_LIMITS.blockId);
      if (ids.has(id)) faults.push(fault(`${here}/block_id`, "block_id must be unique"));
      ids.add(id);
    }
    checkBlock(faults, here, block);
  }
  return faults;
}

function checkBlock(faults: Faults, at: string, block: Json): void {
  switch (block["type"]) {
    case "divider":
      return;
    case "header":
      checkTextObject(faults, `${at}/text`, block["text"], BLOCK_LIMITS.header, PLAIN);
      return;
    case "section":
      checkSection(faults, at, block);
      return;
    case "context":
      checkElements(faults, at, block, BLOCK_LIMITS.contextElements, checkContextElement);
      return;
    case "actions":
      checkElements(faults, at, block, BLOCK_LIMITS.actionsElements, checkAction);
      checkUniqueActions(faults, at, asList(block["elements"]));
      return;
    case "image":
      checkImage(faults, at, block);
      return;
    default:
      faults.push(fault(`${at}/type`, `unsupported type: ${String(block["type"])}`));
  }
}

function checkSection(faults: Faults, at: string, block: Json): void {
  const { text, fields, accessory } = block;
  if (text === undefined && fields === undefined) faults.push(fault(at, "missing required field: text"));
  if (text !== undefined) checkTextObject(faults, `${at}/text`, text, BLOCK_LIMITS.text, MRKDWN);
  if (fields !== undefined) {
    const list = asList(fields);
    if (list.length < 1 || list.length > BLOCK_LIMITS.fields)
      faults.push(fault(`${at}/fields`, `no more than ${BLOCK_LIMITS.fields} items allowed`));
    for (const [index, field] of list.entries())
      checkTextObject(faults, `${at}/fields/${index}`, field, BLOCK_LIMITS.field, MRKDWN);
  }
  if (accessory !== undefined) checkAccessory(faults, `${at}/accessory`, asObject(accessory) ?? {});
}

function checkAccessory(faults: Faults, at: string, element: Json): void {
  if (element["type"] === "image") checkImage(faults, at, element);
  else checkAction(faults, at, element);
}

function checkContextElement(faults: Faults, at: string, element: Json): void {
  if (element["type"] === "image") checkImage(faults, at, element);
  else checkTextObject(faults, at, element, BLOCK_LIMITS.text, MRKDWN);
}

function checkElements(
  faults: Faults,
  at: string,
  block: Json,
  most: number,
  check: (faults: Faults, at: string, element: Json) => void,
): void {
  const elements = asList(block["elements"]);
  if (elements.length < 1) faults.push(fault(`${at}/elements`, "no fewer than 1 items allowed"));
  if (elements.length > most) faults.push(fault(`${at}/elements`, `no more than ${most} items allowed`));
  for (const [index, element] of elements.entries())
    check(faults, `${at}/elements/${index}`, asObject(element) ?? {});
}

function checkAction(faults: Faults, at: string, element: Json): void {
  const { type, confirm } = element;
  if (element["action_id"] !== undefined)
    checkText(faults, `${at}/action_id`, element["action_id"], BLOCK_LIMITS.actionId);
  if (confirm !== undefined) checkConfirm(faults, `${at}/confirm`, asObject(confirm) ?? {});
  if (type === "button") checkButton(faults, at, element);
  else if (type === "overflow") checkOverflow(faults, at, element);
  else faults.push(fault(`${at}/type`, `unsupported type: ${String(type)}`));
}

function checkButton(faults: Faults, at: string, button: Json): void {
  const { text, value, url, style } = button;
  checkTextObject(faults, `${at}/text`, text, BLOCK_LIMITS.buttonText, PLAIN);
  if (value !== undefined) checkText(faults, `${at}/value`, value, BLOCK_LIMITS.buttonValue);
  if (url !== undefined) checkUrl(faults, `${at}/url`, url);
  if (style !== undefined && style !== "primary" && style !== "danger")
    faults.push(fault(`${at}/style`, "must be a valid enum value"));
}

function checkOverflow(faults: Faults, at: string, overflow: Json): void {
  const options = asList(overflow["options"]);
  if (options.length < 1 || options.length > BLOCK_LIMITS.overflowOptions)
    faults.push(fault(`${at}/options`, `no more than ${BLOCK_LIMITS.overflowOptions} items allowed`));
  for (const [index, entry] of options.entries()) {
    const { text, value, url } = asObject(entry) ?? {};
    const here = `${at}/options/${index}`;
    checkTextObject(faults, `${here}/text`, text, BLOCK_LIMITS.optionText, PLAIN);
    if (value !== undefined) checkText(faults, `${here}/value`, value, BLOCK_LIMITS.optionValue);
    if (url !== undefined) checkUrl(faults, `${here}/url`, url);
  }
}

function checkConfirm(faults: Faults, at: string, dialog: Json): void {
  const { title, text, confirm, deny } = dialog;
  checkTextObject(faults, `${at}/title`, title, BLOCK_LIMITS.confirmTitle, PLAIN);
  checkTextObject(faults, `${at}/text`, text, BLOCK_LIMITS.confirmText, MRKDWN);
  checkTextObject(faults, `${at}/confirm`, confirm, BLOCK_LIMITS.confirmButton, PLAIN);
  checkTextObject(faults, `${at}/deny`, deny, BLOCK_LIMITS.confirmButton, PLAIN);
}

function checkImage(faults: Faults, at: string, image: Json): void {
  checkUrl(faults, `${at}/image_url`, image["image_url"]);
  checkText(faults, `${at}/alt_text`, image["alt_text"], BLOCK_LIMITS.altText);
}

/** "action_id should be unique among all other action_ids in the containing block": the pages on block elements. */
function checkUniqueActions(faults: Faults, at: string, elements: readonly unknown[]): void {
  const ids = elements.map((element) => asObject(element)?.["action_id"]).filter((id) => id !== undefined);
  if (new Set(ids).size < ids.length) faults.push(fault(`${at}/elements`, "action_id must be unique"));
}

function checkTextObject(
  faults: Faults,
  at: string,
  value: unknown,
  most: number,
  types: readonly string[],
): void {
  const { type, text } = asObject(value) ?? {};
  if (typeof type !== "string" || !types.includes(type))
    faults.push(fault(`${at}/type`, `must be ${types.join(" or ")}`));
  checkText(faults, `${at}/text`, text, most);
}

/** Slack does not say whether it counts code units or code points: the larger number must fit. */
function checkText(faults: Faults, at: string, value: unknown, most: number): void {
  if (typeof value !== "string" || value.trim() === "")
    faults.push(fault(at, "must be more than 0 characters"));
  else if (value.length > most) faults.push(fault(at, `must be less than ${most + 1} characters`));
}

/** One address without a scheme makes Slack refuse the whole message: louislam/uptime-kuma#941. */
function checkUrl(faults: Faults, at: string, value: unknown): void {
  checkText(faults, at, value, BLOCK_LIMITS.url);
  if (typeof value !== "string" || !/^https?:\/\/[^\s<>]+$/u.test(value))
    faults.push(fault(at, "invalid url"));
}

function fault(at: string, what: string): string {
  return `[ERROR] ${what} [json-pointer:${at}]`;
}

import { z } from "zod";

import type { EventRecord, Notification } from "../../alert/index.ts";
import type { Environment, Template } from "../../expression/index.ts";
import type { Fault } from "../../lib/schema.ts";
import { createRecordEnvironment, createTextEnvironment, recordScope, textScope } from "../texts.ts";
import { SAMPLE_NOTIFICATION, SAMPLE_RECORD } from "./samples.ts";

type Path = readonly (string | number)[];
type Scope = Readonly<Record<string, unknown>>;

/** A tree with its texts compiled; plain values stand for themselves. */
type Node = Template | Plain | readonly Node[] | ReadonlyMap<string, Node>;
type Plain = string | number | boolean | null;

/**
 * A body that a user wrote: a tree of lists and mappings whose texts are templates. A text that is one `{{ }}` and
 * nothing else keeps the type of its value. As the tree becomes JSON afterwards, no value can break it.
 */
export interface TemplateTree {
  /** Undefined when its texts use what only records have; the same for `ofRecords`. */
  readonly ofAlerts: Node | undefined;
  readonly ofRecords: Node | undefined;
}

/** The option; its texts are checked against the keys of the native body, and those of a record. */
export function templateTree(): z.ZodType<TemplateTree> {
  return z.json().transform((tree, context) => {
    const alerts = compile(tree, createTextEnvironment());
    const records = compile(tree, createRecordEnvironment());
    if (alerts.faults.length === 0 || records.faults.length === 0)
      return {
        ofAlerts: alerts.faults.length === 0 ? alerts.node : undefined,
        ofRecords: records.faults.length === 0 ? records.node : undefined,
      };
    const { faults } = alerts.faults.length <= records.faults.length ? alerts : records;
    for (const { path, message, offset } of faults)
      context.addIssue({ code: "custom", path: [...path], message, params: { offset } });
    return z.NEVER;
  });
}

/** The option for a tree that is of records alone; its texts are checked against their keys. */
export function recordTree(): z.ZodType<TemplateTree> {
  return z.json().transform((tree, context) => {
    const { node, faults } = compile(tree, createRecordEnvironment());
    for (const { path, message, offset } of faults)
      context.addIssue({ code: "custom", path: [...path], message, params: { offset } });
    return faults.length === 0 ? { ofAlerts: undefined, ofRecords: node } : z.NEVER;
  });
}

/**
 * The JSON that a tree makes of a notification.
 *
 * @throws {TocsinError} ERR_EXPRESSION_INVALID when one of its texts fails.
 */
export function renderNotification(
  { ofAlerts = null }: TemplateTree,
  notification: Notification,
  now: number,
): string {
  return JSON.stringify(valueOf(ofAlerts, textScope(notification, now)));
}

/** The JSON that a tree makes of a record. @throws As `renderNotification`. */
export function renderRecord({ ofRecords = null }: TemplateTree, record: EventRecord, now: number): string {
  return JSON.stringify(valueOf(ofRecords, recordScope(record, now)));
}

/** Finds texts that fail on a sample. A label that a sample lacks may be there in fact, so that is a warning. */
export function tryTree({ ofAlerts, ofRecords }: TemplateTree): readonly Fault[] {
  const now = Date.parse(SAMPLE_NOTIFICATION.sentAt);
  return ofAlerts === undefined
    ? tryNode(ofRecords ?? null, recordScope(SAMPLE_RECORD, now))
    : tryNode(ofAlerts, textScope(SAMPLE_NOTIFICATION, now));
}

interface CompiledNode {
  readonly node: Node;
  readonly faults: readonly { readonly path: Path; readonly message: string; readonly offset: number }[];
}

function compile(value: z.core.util.JSONType, environment: Environment, path: Path = []): CompiledNode {
  if (typeof value === "string") {
    if (!value.includes("{{")) return { node: value, faults: [] };
    const { value: template, faults } = environment.template(value);
    return { node: template ?? value, faults: faults.map((fault) => ({ ...fault, path })) };
  }
  if (typeof value !== "object" || value === null) return { node: value, faults: [] };
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compile(item, environment, [...path, index]));
    return { node: items.map(({ node }) => node), faults: items.flatMap(({ faults }) => faults) };
  }
  const entries = Object.entries(value).map(
    ([key, item]) => [key, compile(item, environment, [...path, key])] as const,
  );
  return {
    node: new Map(entries.map(([key, { node }]) => [key, node])),
    faults: entries.flatMap(([, { faults }]) => faults),
  };
}

function valueOf(node: Node, scope: Scope): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (isList(node)) return node.map((item) => valueOf(item, scope));
  if (node instanceof Map)
    return Object.fromEntries([...node].map(([key, item]: [string, Node]) => [key, valueOf(item, scope)]));
  return isTemplate(node) ? node.value(scope) : null;
}

function tryNode(node: Node, scope: Scope, path: Path = []): readonly Fault[] {
  if (typeof node !== "object" || node === null) return [];
  if (isList(node)) return node.flatMap((item, index) => tryNode(item, scope, [...path, index]));
  if (node instanceof Map)
    return [...node].flatMap(([key, item]: [string, Node]) => tryNode(item, scope, [...path, key]));
  return isTemplate(node) ? tryTemplate(node, scope, path) : [];
}

function tryTemplate(template: Template, scope: Scope, path: Path): readonly Fault[] {
  try {
    template.value(scope);
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : "fails";
    return /no such key/iu.test(message)
      ? [{ level: "warning", path, message: `${message}; write .default("") where not every alert has it` }]
      : [{ level: "error", path, message }];
  }
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function isTemplate(node: object): node is Template {
  return "render" in node;
}

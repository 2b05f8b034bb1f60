import { z } from "zod";

import { SECTIONS } from "../../src/config/sections.ts";

/** One line of the table in docs/configuration.md. */
export interface Key {
  readonly path: string;
  readonly meaning: string;
  readonly fallback: string;
}

/** Every key of tocsin.yaml that this version takes, from the schema itself. */
export function keysOfConfiguration(): readonly Key[] {
  return Object.entries(SECTIONS).flatMap(([key, { schema }]) => keysIn(schema, key));
}

/** The keys that are refused by name. */
export function keysOfLaterVersions(): readonly string[] {
  return Object.entries(SECTIONS).flatMap(([key, { schema }]) => [
    ...(isLater(schema) ? [key] : []),
    ...Object.entries(shapeOf(schema) ?? {}).flatMap(([inner, field]) =>
      isLater(field) ? [`${key}.${inner}`] : [],
    ),
  ]);
}

function keysIn(schema: z.ZodType, path: string): readonly Key[] {
  if (isLater(schema)) return [];
  const shape = shapeOf(schema);
  if (shape !== undefined)
    return Object.entries(shape).flatMap(([key, field]) => keysIn(field, `${path}.${key}`));
  return [{ path, meaning: (schema.description ?? "") + choicesOf(schema), fallback: fallbackOf(schema) }];
}

function choicesOf(schema: z.ZodType): string {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodEnum ? ` (${inner.options.map((option) => `\`${option}\``).join(", ")})` : "";
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

function isLater(schema: z.ZodType): boolean {
  return unwrapped(schema) instanceof z.ZodCustom;
}

function unwrapped(schema: z.ZodType): z.core.$ZodType {
  let inner: z.core.$ZodType = schema;
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) {
    inner = inner.unwrap();
  }
  return inner;
}

/** As it would be written in the file. */
function fallbackOf(schema: z.ZodType): string {
  if (!(schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault)) return "";
  const { defaultValue } = schema.def;
  if (Array.isArray(defaultValue)) return `[${defaultValue.join(", ")}]`;
  return typeof defaultValue === "string" ? defaultValue : JSON.stringify(defaultValue);
}

import { expect } from "vitest";
import type { z } from "zod";

import type { AppBed } from "../support/app-bed.ts";
import { WRITE_TOKEN } from "../support/app-bed.ts";

/** An answer of the service, checked against its schema: it has exactly the keys of the schema. */
export async function ask<Value>(
  bed: AppBed,
  path: string,
  schema: z.ZodType<Value>,
  init: RequestInit & { readonly status?: number } = {},
): Promise<Value> {
  const { status, body } = await bed.get(`/api/v1/${path}`, init);
  expect({ path, status, body }).toMatchObject({ path, status: init.status ?? 200 });
  const document: unknown = JSON.parse(body);
  const value = schema.parse(document);
  expect(value).toEqual(document);
  return value;
}

/** A request with a JSON body, by default of somebody who may change things. */
export function post(body: unknown, token = WRITE_TOKEN): RequestInit {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return { method: "POST", headers, body: JSON.stringify(body) };
}

import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it } from "vitest";

import { type Caller, callerOf } from "../../../src/api/access/caller.ts";

/** The facts of a request that `fetch` sends. */
const factsOf = (init: RequestInit): Promise<Caller> => factsOn((url) => fetch(url, init));

/** The facts of a request. @param send Resolves when it is answered. */
async function factsOn(send: (url: string) => Promise<unknown>): Promise<Caller> {
  const found = Promise.withResolvers<Caller>();
  const server = createServer((request, response) => {
    found.resolve(callerOf(request));
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  // It listens at a port, not at a pipe.
  const { port } = server.address() as AddressInfo;
  await send(`http://127.0.0.1:${port}/`);
  await new Promise((resolve) => void server.close(resolve));
  return found.promise;
}

it.each([
  ["POST", "application/json", true],
  ["POST", "application/json; charset=utf-8", true],
  ["POST", "application/jsonp", false],
  ["POST", "text/plain", false],
  ["POST", "application/x-www-form-urlencoded", false],
  ["DELETE", "text/plain", true],
])("a %s of %s can come from a form of another page: not %s", async (method, type, expected) => {
  const { isUnlikeForm } = await factsOf({ method, headers: { "content-type": type }, body: "{}" });
  expect(isUnlikeForm).toBe(expected);
});

it("has all values of a header, and its connection's own addresses", async () => {
  const headers = new Headers([
    ["x-forwarded-user", "ada"],
    ["cookie", "a=b"],
  ]);
  expect(await factsOf({ headers })).toMatchObject({
    peer: "127.0.0.1",
    local: "127.0.0.1",
    cookie: "a=b",
    origin: "",
    isForwarded: true,
    isUnlikeForm: false,
    headers: { "x-forwarded-user": ["ada"] },
  });
});

it("keeps values of a header apart that stand in lines of their own", async () => {
  const headers = { "x-forwarded-user": ["ada", "eve"], "x-forwarded-groups": "dev,sre" };
  const { headers: found } = await factsOn(
    (url) =>
      new Promise((resolve, reject) => {
        ask(url, { headers, agent: false }, (answer) => answer.resume().on("end", resolve))
          .on("error", reject)
          .end();
      }),
  );
  expect(found["x-forwarded-user"]).toEqual(["ada", "eve"]);
  expect(found["x-forwarded-groups"]).toEqual(["dev,sre"]);
});

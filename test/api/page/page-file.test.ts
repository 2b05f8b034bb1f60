import { expect, it } from "vitest";

import { pageFileOf } from "../../../src/api/page/page-file.ts";

it.each([
  "/",
  "/alerts",
  "/alerts/",
  "/alerts/ef27272700aa11bb",
  "/history",
  "/events",
  "/silences",
  "/silences/3fa91c07/edit",
  "/deliveries",
  "/rules/crash-loop",
  "/status",
  "/playground",
])("%s is a view: the one HTML file, asked for anew", (path) => {
  expect(pageFileOf(path)).toEqual({ name: "index.html", type: "html", isImmutable: false });
});

it("keeps bundles for ever, by the hash in their names, and the icon not", () => {
  expect(pageFileOf("/app.4fK2-_9a.js")).toEqual({ name: "app.4fK2-_9a.js", type: "js", isImmutable: true });
  expect(pageFileOf("/app.0a1b.css")).toEqual({ name: "app.0a1b.css", type: "css", isImmutable: true });
  expect(pageFileOf("/icon.svg")).toMatchObject({ name: "icon.svg", isImmutable: false });
});

it("finds runbooks by the name of their rule, and their styles", () => {
  const found = (path: string) => pageFileOf(path)?.name;
  expect(found("/runbooks")).toBe("runbooks/index.html");
  expect(found("/runbooks/")).toBe("runbooks/index.html");
  expect(found("/runbooks/crash-loop")).toBe("runbooks/crash-loop.html");
  expect(found("/runbooks/runbook.css")).toBe("runbooks/runbook.css");
  expect(pageFileOf("/runbooks/crash-loop")).toMatchObject({ isRunbook: true, isImmutable: false });
});

it.each([
  "/runbooks/Crash",
  "/runbooks/../index",
  "/runbooks/..%2f..%2fpackage",
  "/runbooks/a/b",
  "/runbooks/crash-loop.html",
  "/runbooksx",
  "",
  "/index.html",
  "/app.js",
  "/app..js",
  "/app.0a1b.js.map",
  "/app.0a1b.js/",
  "/app.a/../../x.js",
  "/app.%2e%2e%2fx.js",
  "/assets/app.0a1b.js",
  "/alertsx",
  "/alerts.json",
  "/alerts/../../etc/passwd",
  "/status/a.b",
  "/api/v1/status",
  "/livez",
  "//",
])("%s is none of the page", (path) => {
  expect(pageFileOf(path)).toBeUndefined();
});

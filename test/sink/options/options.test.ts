import { describe, expect, it } from "vitest";

import { check, strict } from "../../../src/lib/schema.ts";
import { alertTemplates, HttpUrl } from "../../../src/sink/options/index.ts";
import { makeAlert } from "../../support/notifications.ts";

describe("the address of an HTTP receiver", () => {
  const faultsOf = (url: unknown): readonly string[] =>
    check(strict({ url: HttpUrl }), { url }).faults.map(({ message }) => message);

  it("is a URL, or a secret that will be one", () => {
    expect(
      ["http://hook.svc/x", "https://hook.example", { env: "URL" }, { file: "url" }].flatMap(faultsOf),
    ).toEqual([]);
  });

  it.each(["hook.svc:8080", "ftp://hook.example", "file:///etc/passwd", "javascript:alert(1)"])(
    "is not %j",
    (url) => expect(faultsOf(url)).toEqual(["not an http:// or https:// URL"]),
  );
});

describe("a mapping of texts about an alert", () => {
  const schema = strict({ labels: alertTemplates() });

  it("is compiled, and may be left out", () => {
    const { value } = check(schema, {
      labels: { team: "{{ cluster }}-{{ alert.labels.team }}-{{ event.reason }}" },
    });
    const alert = makeAlert();
    const scope = { alert, event: alert.event, cluster: "eu" };
    expect([...(value?.labels ?? [])].map(([name, text]) => [name, text.render(scope)])).toEqual([
      ["team", "eu-shop-BackOff"],
    ]);
    expect(check(schema, {}).value?.labels.size).toBe(0);
  });

  it("has the place of each fault, inside of its text as well", () => {
    const { faults } = check(schema, { labels: { a: "x {{ alert.nme }}", b: "fine", c: "{{ title }}" } });
    expect(faults).toMatchObject([
      { path: ["labels", "a"], offset: expect.any(Number), message: expect.stringContaining("nme") },
      { path: ["labels", "c"], message: expect.stringContaining("title") },
    ]);
    expect(faults[0]?.offset).toBeGreaterThan(4);
  });
});

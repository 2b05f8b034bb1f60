import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { alertExpressions, dashboardExpressions } from "../docs/monitoring.ts";
import { at, render, valuesFile } from "./rendered.ts";
import { areToolsMissing, promtool } from "./tools.ts";

const RULES = "chart/files/alerts.yaml";
const TESTS = readdirSync("test/prometheus").map((file) => `test/prometheus/${file}`);

describe.skipIf(areToolsMissing())("promtool", () => {
  it("finds the alert rules sound", () => {
    const { status, stdout, stderr } = promtool(["check", "rules", RULES]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`SUCCESS: ${alertExpressions().length} rules found`);
  });

  it.each(TESTS)("passes %s", (file) => {
    const outcome = promtool(["test", "rules", file]);
    expect(outcome).toMatchObject({ status: 0, stderr: "" });
  });

  it("tries every alert, firing", () => {
    const tested = TESTS.map((file) => readFileSync(file, "utf8")).join("\n");
    expect(
      alertExpressions().filter(
        ({ name }) => !new RegExp(`alertname: ${name}\n\\s+exp_alerts:\n`, "u").test(tested),
      ),
    ).toEqual([]);
  });

  it("finds every expression of the dashboard sound", () => {
    const rules = dashboardExpressions().map(({ expr }, index) => ({
      record: `panel:${index}`,
      expr: expr.replaceAll("$__rate_interval", "5m").replaceAll("$instance", ".*"),
    }));
    const folder = mkdtempSync(join(tmpdir(), "tocsin-dashboard-"));
    writeFileSync(join(folder, "rules.json"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { status, stdout, stderr } = promtool(["check", "rules", join(folder, "rules.json")]);
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  });

  it("gets the same rules and the same dashboard out of the chart", () => {
    const rendered = render(["--values", valuesFile("everything")]);
    expect(at(rendered.one("PrometheusRule"), "spec")).toEqual(parse(readFileSync(RULES, "utf8")));
    const dashboard = at(rendered.one("ConfigMap", "tocsin-dashboard"), "data", "tocsin.json");
    expect(JSON.parse(String(dashboard))).toEqual(
      JSON.parse(readFileSync("chart/files/dashboard.json", "utf8")),
    );
  });
});

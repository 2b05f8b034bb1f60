// A program that uses the SDK: `host.mjs KUBECONFIG CODE`. CODE has `reporter`, `report(reason, note)` and `loaded()`.
import { registerHooks } from "node:module";

const source = new URL("../../src/", import.meta.url).href;
const files = new Set();
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const [, name] = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    else if (url.startsWith(source)) files.add(url.slice(source.length));
    return next(url, context);
  },
});

const { createReporter } = await import("tocsin/reporter");
const [, , kubeconfig, code] = process.argv;
const reporter = createReporter({ component: "host", kubeconfig });
const regarding = { kind: "Pod", namespace: "shop", name: "web" };
const report = (reason, note = "") =>
  reporter.report({ regarding, reason: reason === "" ? "" : "Test", action: "Test", note });
const loaded = () => ({ files: [...files], packages: [...packages] });

const AsyncFunction = (async () => undefined).constructor;
await new AsyncFunction("reporter", "report", "loaded", code)(reporter, report, loaded);

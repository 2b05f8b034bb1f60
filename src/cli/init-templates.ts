import { readFileSync } from "node:fs";

/** A file that `init` writes, by its path inside the folder. */
export interface Template {
  readonly path: string;
  readonly content: string;
  /** Of the file, for one that only its owner may read. */
  readonly mode?: number;
}

const CONFIGURATION = `# yaml-language-server: $schema=.schema/tocsin.json
# What tocsin watches, its rules, and where it sends alerts.
# Every key: docs/configuration.md. See what is wrong: tocsin check. See it work: tocsin demo.

# Shown in every alert and part of its fingerprint.
cluster: my-cluster

# kubernetes:
#   namespaces: [shop, pay]    # only these, which works with Roles; left out: all
#   startFrom: 5m              # how far the very first start looks back: now, all, or a duration

# The builtin rules, and your own files.
rules: [builtin, rules/*.yaml]

# overrides:                   # change builtin rules here instead of copying them
#   image-pull-failing: { severity: critical }

sinks:
  # Create a webhook at https://api.slack.com/messaging/webhooks and put its address into secrets/slack-url.
  - { name: ops, type: slack, url: { file: secrets/slack-url } }

  # - name: mail
  #   type: email
  #   host: smtp.example.com
  #   from: tocsin@example.com
  #   to: [ops@example.com]

  # - { name: hook, type: webhook, url: https://receiver.example.com/tocsin }

route:
  sinks: [ops]
  # groupWait: 30s             # alerts of one rule within this time are one message
  # repeatInterval: 4h         # when an alert that still fires is sent again
  # routes:
  #   - { name: pager, match: { severity: critical }, sinks: [mail, ops] }
`;

const RULES = `# yaml-language-server: $schema=../.schema/rules.json
# Rules of your own. Try one against a real Event: kubectl get event NAME -o yaml | tocsin explain -
rules:
  - name: example-deploy-failing
    description: The deployment tool of this example could not roll out a release.
    match:
      type: Warning
      reason: DeployFailed
      involvedObject: { kind: Deployment }
    severity: warning
    # Two failures within ten minutes, not the first that a retry mends.
    threshold: { count: 2, within: 10m }
    resolve:
      by: [{ reason: DeploySucceeded, same: [object] }]
      quiet: 30m
    title: "Deployment of {{ event.name }} in {{ event.namespace }} fails"
    text: "{{ event.message }}"
    # runbook: https://runbooks.example.com/deploy-failing
    # labels: { team: shop }
`;

const TESTS = `# yaml-language-server: $schema=../.schema/tests.json
# Tests of the rules beside this file, in virtual time.
rules: [example.yaml]
tests:
  - name: one failure is no message
    events:
      - { at: 0s, type: Warning, reason: DeployFailed, object: shop/Deployment/web, message: image not found }
    expect: []
    expectNothingElse: true

  - name: the second failure is a message, and success ends it
    events:
      - { at: 0s, type: Warning, reason: DeployFailed, object: shop/Deployment/web, message: image not found }
      - { at: 1m, type: Warning, reason: DeployFailed, object: shop/Deployment/web, message: image not found }
      - { at: 5m, type: Normal, reason: DeploySucceeded, object: shop/Deployment/web, message: rolled out }
    expect:
      - { at: 1m..2m, sink: console, kind: firing, rule: example-deploy-failing, alerts: 1 }
      - { at: 5m..11m, sink: console, kind: resolved }
    expectNothingElse: true
`;

/** The JSON Schemas of the three files, for editors; they belong to the program, which renews them. */
export function schemaTemplates(): readonly Template[] {
  return ["tocsin", "rules", "tests"].map((name) => ({
    path: `.schema/${name}.json`,
    content: shipped(`schema/${name}.json`),
  }));
}

/** Events of a genuine cluster, for `replay`. */
export function recordingTemplate(): Template {
  return { path: "samples/crash-loop.jsonl", content: shipped("scenarios/crash-loop.jsonl") };
}

/** A file of the package; two folders up from src/cli as from dist/cli. */
function shipped(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

/** The first configuration of a newcomer; `check` finds only the empty secret in it. */
export const TEMPLATES: readonly Template[] = [
  { path: "tocsin.yaml", content: CONFIGURATION },
  { path: "rules/example.yaml", content: RULES },
  { path: "rules/example.test.yaml", content: TESTS },
];

/** Files that a folder may have already, and that are then left as they are. */
export const COMPANIONS: readonly Template[] = [
  { path: ".gitignore", content: "# Secrets, and the state file.\nsecrets/\ndata/\n" },
  { path: "secrets/slack-url", content: "", mode: 0o600 },
];

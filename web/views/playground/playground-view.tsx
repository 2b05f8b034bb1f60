import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

import { PageHead } from "../../parts/page-head.tsx";
import { place } from "../../state/place.ts";
import { writtenRules } from "../../state/rules.ts";
import { TrialOf } from "./trial-of.tsx";

/** How long after the last key the rules are tried, milliseconds: a trial takes a core of the bridge. */
const REST_MS = 700;

/** The most that the bridge takes. */
const LONGEST = 32 * 1024;

const EXAMPLE = `rules:
  - name: my-rule
    match:
      reason: BackOff
      kind: Pod
    severity: warning
    threshold: { count: 3, within: 10m }
`;

/** A rule file with one rule in use. @param yaml Of the rule. */
function fileWith(yaml: string): string {
  const lines = yaml.trimEnd().split("\n");
  return [
    "rules:",
    ...lines.map((line, index) => (line === "" ? "" : (index === 0 ? "  - " : "    ") + line)),
    "",
  ].join("\n");
}

/** Rules that are written here and tried on the Events of the last hour; `?rule=NAME` begins with one in use. */
export function PlaygroundView(): VNode {
  const name = place.value.query.get("rule") ?? "";
  const yaml = writtenRules.value.get(name);
  return (
    <Editor key={yaml === undefined ? "" : name} start={yaml === undefined ? EXAMPLE : fileWith(yaml)} />
  );
}

function Editor({ start }: { readonly start: string }): VNode {
  const [written, setWritten] = useState(start);
  const [tried, setTried] = useState(start);
  useEffect(() => {
    const timer = setTimeout(() => setTried(written), REST_MS);
    return () => clearTimeout(timer);
  }, [written]);
  return (
    <>
      <PageHead title="Playground">
        <p class="lead">
          Write rules: they are tried on the Events of the last hour, and nobody is notified.
        </p>
      </PageHead>
      <div class="columns">
        <section class="panel">
          <label>
            <span>A rule file, in YAML</span>
            <textarea
              class="mono"
              rows={24}
              spellcheck={false}
              maxLength={LONGEST}
              value={written}
              onInput={(event) => setWritten(event.currentTarget.value)}
            />
          </label>
        </section>
        <div aria-live="polite">
          <TrialOf rules={tried} />
        </div>
      </div>
    </>
  );
}

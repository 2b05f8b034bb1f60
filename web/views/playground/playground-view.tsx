import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

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
  return <Bench key={name} name={name} />;
}

/** What is written here stays when the rule changes or goes meanwhile. @param name Of a rule, or empty. */
function Bench({ name }: { readonly name: string }): VNode {
  const yaml = writtenRules.value.get(name);
  const start = useRef<string | undefined>(undefined);
  if (yaml !== undefined) start.current ??= fileWith(yaml);
  const isUnknown = name !== "" && start.current === undefined && writtenRules.value.size > 0;
  return (
    <>
      <PageHead title="Playground">
        <p class="lead">
          Write rules: they are tried on the Events of the last hour, and nobody is notified.
        </p>
      </PageHead>
      {isUnknown && (
        <p class="fault">
          No rule in use is called <code>{name}</code>; this is an example.
        </p>
      )}
      <Editor key={start.current === undefined ? "" : name} start={start.current ?? EXAMPLE} />
    </>
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
  );
}

import type { VNode } from "preact";

import type { EndedAlert } from "../../../src/api/schemas/ended-alert.ts";
import { nothingText } from "../../model/nothing-text.ts";
import { More, Problem } from "../../parts/answered.tsx";
import { PageHead } from "../../parts/page-head.tsx";
import { SearchField } from "../../parts/search-field.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { turns } from "../../state/live.ts";
import { place, refine } from "../../state/place.ts";
import { EndedLine } from "./ended-line.tsx";
import { EndedOne } from "./ended-one.tsx";
import { HeatStrip } from "./heat-strip.tsx";

const SPANS: Readonly<Record<string, string>> = {
  "6h": "6 hours",
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
};
/** What narrows the list and has no button of its own: a chip says so, and takes it away. */
const CHOSEN = ["rule", "namespace", "severity", "fingerprint", "until"];
const WHICH: Readonly<Record<string, string>> = { all: "all", fired: "fired", untold: "nobody was notified" };

/** Alerts that are over, and when each rule was busy. */
export function HistoryView(): VNode {
  const { query } = place.value;
  const since = query.get("since") ?? "24h";
  const asked = new URLSearchParams({ limit: "50", since });
  for (const key of ["until", "q", "rule", "namespace", "severity", "which", "fingerprint"]) {
    const value = query.get(key) ?? "";
    if (value !== "") asked.set(key, value);
  }
  const { at, keptSince, items, problem, more, again } = usePages<EndedAlert>(
    `/history?${asked.toString()}`,
    turns.history.value,
  );
  return (
    <>
      <PageHead title="History">
        <Buttons parameter="since" choices={SPANS} value={query.has("until") ? "" : since} />
      </PageHead>
      {query.has("id") && <EndedOne id={query.get("id") ?? ""} />}
      <HeatStrip since={SPANS[since] === undefined ? "24h" : since} />
      <div class="filter-line">
        <SearchField label="Search titles, labels, objects" parameter="q" />
      </div>
      <p class="chips">
        <Buttons parameter="which" choices={WHICH} value={query.get("which") ?? "all"} />
        {CHOSEN.map((parameter) => (
          <Chosen key={parameter} parameter={parameter} />
        ))}
      </p>
      <Problem problem={problem} again={again} />
      {at !== undefined && items?.length === 0 && (
        <p class="empty">{nothingText(keptSince ?? null, beginOf(since, at), "No alert ended")}</p>
      )}
      <section class="panel ended">
        {items?.map((alert) => (
          <EndedLine key={alert.id} alert={alert} />
        ))}
        <More more={more}>Earlier</More>
      </section>
    </>
  );
}

interface ButtonsProps {
  readonly parameter: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly value: string;
}

function Buttons({ parameter, choices, value }: ButtonsProps): VNode {
  return (
    <>
      {Object.entries(choices).map(([choice, words]) => (
        <button
          key={choice}
          type="button"
          class="chip small"
          aria-pressed={choice === value}
          onClick={() => refine({ [parameter]: choice, ...(parameter === "since" && { until: "" }) })}
        >
          {words}
        </button>
      ))}
    </>
  );
}

/** What a click on the strip has chosen, and the way back. */
function Chosen({ parameter }: { readonly parameter: string }): VNode | null {
  const value = place.value.query.get(parameter) ?? "";
  if (value === "") return null;
  const clear = parameter === "until" ? { until: "", since: "" } : { [parameter]: "" };
  return (
    <button type="button" class="chip small" aria-pressed="true" onClick={() => refine(clear)}>
      {chipText(parameter, value)} ✕
    </button>
  );
}

function chipText(parameter: string, value: string): string {
  if (parameter === "until") return "one step";
  // Nobody reads a fingerprint; it says which alert all rows are of.
  return parameter === "fingerprint" ? "one alert" : value;
}

const UNIT_MS = { h: 3_600_000, d: 86_400_000 } as const;

/** The begin of the list, epoch milliseconds. @param since As in the address: one of SPANS, or RFC 3339. */
function beginOf(since: string, at: string): number {
  const [, count, unit] = /^(\d+)([hd])$/u.exec(since) ?? [];
  if (unit !== "h" && unit !== "d") return Date.parse(since);
  return Date.parse(at) - Number(count) * UNIT_MS[unit];
}

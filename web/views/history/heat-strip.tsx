import { useSignal } from "@preact/signals";
import type { VNode } from "preact";

import type { Strip } from "../../../src/api/schemas/ended-alert.ts";
import { nothingText } from "../../model/nothing-text.ts";
import { countOf } from "../../model/numbers.ts";
import { clockText } from "../../model/spans.ts";
import { stripCells } from "../../model/strip-cells.ts";
import { Problem } from "../../parts/answered.tsx";
import { useAnswer } from "../../parts/use-answer.ts";
import { now } from "../../state/clock.ts";
import { refine } from "../../state/place.ts";

/** Steps that fit into the width, by how far back the strip goes. */
const STEPS: Readonly<Record<string, string>> = { "6h": "30m", "24h": "30m", "7d": "6h", "30d": "1d" };

/** Rows that are shown: those with most alerts come first. */
const MOST_ROWS = 14;

/** When each rule was busy: a row for each, a cell for each step. A click chooses rule and step. */
export function HeatStrip({ since }: { readonly since: string }): VNode {
  const { answer, problem, again } = useAnswer<Strip>(
    `/history/strip?since=${since}&step=${STEPS[since] ?? "30m"}`,
  );
  const showsAll = useSignal(false);
  return (
    <section class="panel strip" aria-label="When it happened">
      <Problem problem={problem} again={again} />
      {answer?.rows.length === 0 && (
        <p class="none">{nothingText(answer.keptSince, Date.parse(answer.from), "Nothing happened")}</p>
      )}
      {answer?.rows.slice(0, showsAll.value ? Infinity : MOST_ROWS).map((row) => (
        <StripRow key={row.rule + row.severity} row={row} strip={answer} />
      ))}
      {answer !== undefined && answer.rows.length > 0 && <Ends strip={answer} />}
      {answer !== undefined && answer.rows.length > 0 && (
        <p class="lead">
          The darker, the more alerts began; palest: occurrences alone. A gap: nobody counted.{" "}
          {answer.rowsOmitted > 0 && `${countOf(answer.rowsOmitted, "row")} with less are not shown.`}
        </p>
      )}
      {answer !== undefined && answer.rows.length > MOST_ROWS && !showsAll.value && (
        <button
          type="button"
          class="next-page"
          onClick={() => {
            showsAll.value = true;
          }}
        >
          {countOf(answer.rows.length - MOST_ROWS, "more row")}
        </button>
      )}
    </section>
  );
}

interface StripRowProps {
  readonly row: Strip["rows"][number];
  readonly strip: Strip;
}

function StripRow({ row, strip }: StripRowProps): VNode {
  const { from, stepSeconds } = strip;
  const cells = stripCells(row, strip);
  const total = row.opened.reduce((sum, count) => sum + count, 0);
  const choose = ({ clientX, detail, currentTarget }: StripClick): void => {
    const cellsBox = currentTarget.querySelector("svg")?.getBoundingClientRect();
    const share = cellsBox === undefined ? -1 : (clientX - cellsBox.left) / cellsBox.width;
    // A key has no place on the strip: it chooses the rule alone, as its name does.
    if (detail === 0 || share < 0 || share >= 1) {
      refine({ rule: row.rule });
      return;
    }
    const at = Date.parse(from) + Math.floor(cells.length * share) * stepSeconds * 1000;
    refine({
      rule: row.rule,
      since: new Date(at).toISOString(),
      until: new Date(at + stepSeconds * 1000).toISOString(),
    });
  };
  return (
    <button type="button" class="strip-row" onClick={choose}>
      <code>{row.rule}</code>
      <svg
        class={row.severity}
        viewBox={`0 0 ${cells.length} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {[0, 1, 2, 3, 4].map((heat) => (
          <path
            key={heat}
            class={`heat-${heat}`}
            d={cells
              .map((cell, step) => (cell.heat === heat ? `M${step + 0.06} 0h.88v1h-.88z` : ""))
              .join("")}
          />
        ))}
      </svg>
      <small>{total === 0 ? "none fired" : countOf(total, "alert")}</small>
    </button>
  );
}

/** A click on a row, also one by a key. */
type StripClick = Pick<MouseEvent, "clientX" | "detail"> & { readonly currentTarget: HTMLElement };

function Ends({ strip: { from } }: { readonly strip: Strip }): VNode {
  return (
    <div class="strip-row" aria-hidden="true">
      <span />
      <span class="ends">
        <small>{clockText(Date.parse(from), now.value)}</small>
        <small>now</small>
      </span>
      <small />
    </div>
  );
}

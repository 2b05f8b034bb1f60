import { useComputed } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { filterAlerts } from "../../model/filter-alerts.ts";
import { groupAlerts } from "../../model/group-alerts.ts";
import { parseOpenQuery } from "../../model/open-query.ts";
import { alerts, isWhole, listed } from "../../state/alerts.ts";
import { place } from "../../state/place.ts";
import { AlertAside } from "../alert/alert-aside.tsx";
import { AlertCards } from "./alert-cards.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { AllIsQuiet, NothingChosen, Reading } from "./nothing.tsx";

/** The open alerts in groups. @param open The fingerprint of the alert that is open beside them; empty for none. */
export function OpenView({ open }: { readonly open: string }): VNode {
  const query = useComputed(() => parseOpenQuery(place.value.query));
  const chosen = useComputed(() => filterAlerts(listed.value, query.value));
  const groups = useComputed(() => groupAlerts(chosen.value, query.value.by));
  useFocusBack(open);
  return (
    <div class={open === "" ? "open" : "open beside"}>
      <div class="list">
        <FilterBar query={query.value} />
        {!isWhole.value && <Reading hasSome={listed.value.length > 0} />}
        {isWhole.value && alerts.value?.size === 0 && listed.value.length === 0 && <AllIsQuiet />}
        {isWhole.value && listed.value.length > 0 && groups.value.length === 0 && <NothingChosen />}
        <AlertCards groups={groups.value} by={query.value.by} open={open} />
      </div>
      {open !== "" && <AlertAside key={open} fingerprint={open} />}
    </div>
  );
}

/** When an alert closes, its row has the focus again. */
function useFocusBack(open: string): void {
  const last = useRef("");
  useEffect(() => {
    if (open === "" && last.current !== "") {
      const href = `/alerts/${encodeURIComponent(last.current)}`;
      document.querySelector<HTMLElement>(`[data-row][href^="${href}"]`)?.focus();
    }
    last.current = open;
  }, [open]);
}

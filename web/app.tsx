import type { VNode } from "preact";

import { decodePart } from "./model/decode-part.ts";
import { Boundary } from "./parts/boundary.tsx";
import { Frame } from "./parts/frame.tsx";
import { Locked } from "./parts/sign-in.tsx";
import { isLocked } from "./state/me.ts";
import { place } from "./state/place.ts";
import { DeliveriesView } from "./views/deliveries/deliveries-view.tsx";
import { HistoryView } from "./views/history/history-view.tsx";
import { Nowhere } from "./views/nowhere.tsx";
import { OpenView } from "./views/open/open-view.tsx";
import { PlaygroundView } from "./views/playground/playground-view.tsx";
import { RulesView } from "./views/rules/rules-view.tsx";
import { SilencesView } from "./views/silences/silences-view.tsx";
import { StatusView } from "./views/status/status-view.tsx";
import { WhyView } from "./views/why/why-view.tsx";

/** The page: the frame, and in it the view of the address. */
export function App(): VNode {
  const { path } = place.value;
  return (
    <Frame>
      <Boundary path={path}>{isLocked.value ? <Locked /> : viewOf(path)}</Boundary>
    </Frame>
  );
}

function viewOf(path: string): VNode {
  const [, first = "", second = ""] = path.split("/");
  switch (first) {
    case "":
      return <OpenView open="" />;
    case "alerts":
      return alertView(decodePart(second));
    case "history":
      return <HistoryView />;
    case "events":
      return <WhyView />;
    case "silences":
      return <SilencesView />;
    case "deliveries":
      return <DeliveriesView />;
    case "rules":
      return <RulesView />;
    case "playground":
      return <PlaygroundView />;
    case "status":
      return <StatusView />;
    default:
      return <Nowhere />;
  }
}

function alertView(fingerprint: string | undefined): VNode {
  return fingerprint === undefined ? <Nowhere /> : <OpenView open={fingerprint} />;
}

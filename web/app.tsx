import type { VNode } from "preact";

import { Frame } from "./parts/frame.tsx";
import { place } from "./state/place.ts";
import { Nowhere } from "./views/nowhere.tsx";
import { OpenView } from "./views/open/open-view.tsx";

/** The page: the frame, and in it the view of the address. */
export function App(): VNode {
  return <Frame>{viewOf(place.value.path)}</Frame>;
}

function viewOf(path: string): VNode {
  const [, first = "", second = ""] = path.split("/");
  switch (first) {
    case "":
      return <OpenView open="" />;
    case "alerts":
      return <OpenView open={decodeURIComponent(second)} />;
    default:
      return <Nowhere />;
  }
}

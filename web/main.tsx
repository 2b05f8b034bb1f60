import "./style/base.css";
import "./style/frame.css";
import "./style/list.css";
import "./style/alert.css";
import "./style/parts.css";
import "./style/history.css";
import "./style/silences.css";
import "./style/views.css";
import { render } from "preact";

import { App } from "./app.tsx";
import { startClock } from "./state/clock.ts";
import { followBridge } from "./state/follow.ts";
import { followKeys } from "./state/keys.ts";
import { followLinks } from "./state/place.ts";
import { followRules } from "./state/rules.ts";

startClock();
followLinks();
followKeys();
followBridge();
followRules();
render(<App />, document.body);

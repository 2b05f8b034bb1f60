export { COLOURS } from "./colours.ts";
export type { Link } from "./links.ts";
export type { Place, Places } from "./places.ts";
export { CODE_SPAN, plainCode } from "./plain-code.ts";
export { type Presentation, present, type State } from "./presentation.ts";
export { spell, type TimedText } from "./words.ts";

export { LookUp } from "./look-up.ts";

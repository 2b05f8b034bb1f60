export type { Level, Verdict } from "./check.ts";
export { type Examination, examine, type Running, type DoctorDeps } from "./examine.ts";

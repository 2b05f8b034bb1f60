/**
 * The door for components that report by writing Kubernetes Events: create a reporter once, call `report` at each
 * failure, close it at the end. It loads nothing else of Tocsin.
 */
export { type NamedObject, referenceTo } from "./reference.ts";
export { ReportError, type ReportFailure } from "./report-error.ts";
export type { ObjectReference, Report, ReportHandle, WrittenEvent } from "./report.ts";
export {
  type CloseReport,
  createReporter,
  createReporterWith,
  type Reporter,
  type ReporterContext,
  type ReporterCounters,
  type ReporterOptions,
} from "./reporter.ts";

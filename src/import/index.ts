export {
  type ComparedReason,
  type ComparedReceiver,
  compareEvents,
  type Comparison,
} from "./compare-events.ts";
export { findConfiguration, importConfiguration, type ImportOutcome } from "./import-configuration.ts";
export { importedFiles, type ImportedFile } from "./imported-files.ts";
export { reportSummary } from "./report-page.ts";
export type { ReportLine } from "./report.ts";
export type { SourceText } from "./source-document.ts";
export type { Imported, ImportOptions } from "./tool.ts";
export { IMPORT_TOOLS } from "./tools.ts";

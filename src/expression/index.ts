export { createEnvironment } from "./environment.ts";
export type {
  Compiled,
  CompiledPattern,
  Condition,
  Environment,
  ExpressionFault,
  Fields,
  FieldType,
  Regex,
  Template,
} from "./expression.ts";
export {
  compilePattern,
  operatorShape,
  type PatternFault,
  type PatternOptions,
  PatternSpec,
} from "./pattern.ts";
export { WHOLE } from "./values.ts";

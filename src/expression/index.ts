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

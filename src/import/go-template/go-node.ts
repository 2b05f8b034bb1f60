/** A value in an action of Go's text/template, https://pkg.go.dev/text/template. */
export type Operand =
  | { readonly is: "text"; readonly value: string }
  | { readonly is: "number"; readonly value: string }
  | { readonly is: "bool"; readonly value: boolean }
  | { readonly is: "nil" }
  /** `.Message`, `.InvolvedObject.Name`; no names for the dot alone. */
  | { readonly is: "field"; readonly names: readonly string[] }
  /** A name of a function. */
  | { readonly is: "function"; readonly name: string }
  | { readonly is: "pipeline"; readonly commands: readonly Command[]; readonly names: readonly string[] };

/** An operand with its arguments. */
export type Command = readonly Operand[];

/** A part of a template. */
export type GoNode =
  | { readonly is: "literal"; readonly text: string }
  | { readonly is: "hole"; readonly commands: readonly Command[] }
  | {
      readonly is: "if";
      readonly branches: readonly {
        readonly condition: readonly Command[];
        readonly body: readonly GoNode[];
      }[];
      readonly otherwise: readonly GoNode[];
    };

/** A template that cannot be read, or that has a construct without an equal. */
export class UntranslatableError extends Error {}

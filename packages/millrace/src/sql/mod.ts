/** The language of rules: AWS IoT SQL, parsed once, compiled to closures, evaluated exactly. */

export {
  type CompiledStatement,
  compileStatement,
  type Evaluation,
  type Output,
} from "./compile.ts";
export { numberText } from "./number.ts";
export { type ParsedStatement, parseStatement } from "./parse.ts";
export { createPayload, type Payload } from "./payload.ts";
export type { SqlError } from "./refusal.ts";
export type { MessageContext } from "./scope.ts";
export type { Statement } from "./syntax.ts";
export { compileTemplate, type Template, type TemplateResult } from "./template.ts";
export { entriesOf, isArray, isNumber, isObject, type ObjectValue, type Value } from "./value.ts";
export { defaultSqlVersion, type SqlVersion, sqlVersionOf } from "./version.ts";

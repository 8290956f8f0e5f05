/** The language of rules: AWS IoT SQL, parsed once, compiled to closures, evaluated exactly. */

export type { Evaluation, Output } from "./compile/output.ts";
export { type CompiledStatement, compileStatement } from "./compile/statement.ts";
export { compileTemplate, type Template, type TemplateResult } from "./compile/template.ts";
export {
  createExplain,
  type Explain,
  type ExplainedStep,
  type ExplainedValue,
  type Explanation,
  type SourcePart,
} from "./explain/explain.ts";
export type { Asked } from "./external/answers.ts";
export type {
  ExternalServices,
  ItemRead,
  Prediction,
  ProtobufMessage,
  RegistryRead,
  Secret,
  ShadowRead,
} from "./external/services.ts";
export type { MessageContext, MessageProperties } from "./message.ts";
export { createRegex, type Regex, type RegexResult } from "./regex/regex.ts";
export {
  type ParsedStatement,
  parseStatement,
  type StatementOptions,
} from "./syntax/parse-statement.ts";
export type { TemplateOptions } from "./syntax/parse-template.ts";
export type { SqlError } from "./syntax/refusal.ts";
export { type RuleTexts, rolesAsked } from "./syntax/roles.ts";
export type { Statement } from "./syntax/tree.ts";
export { numberText } from "./values/number.ts";
export { createPayload, type Payload } from "./values/payload.ts";
export {
  entriesOf,
  isArray,
  isNumber,
  isObject,
  type ObjectValue,
  type Value,
} from "./values/value.ts";
export { defaultSqlVersion, type SqlVersion, sqlVersionOf } from "./version.ts";

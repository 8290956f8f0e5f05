/** Table expressions: conditions, filters, key conditions, updates and projections over items. */

export {
  type AttributeMap,
  type AttributeType,
  type AttributeValue,
  attributeOf,
  attributeTypes,
  type Item,
  typeOf,
} from "./attribute-value.ts";
export { equalValues, orderValues } from "./compare.ts";
export { type Condition, compileCondition, compileConditionNode } from "./condition.ts";
export { attempt, type ExpressionKind, type Outcome } from "./errors.ts";
export {
  type BoundKeyCondition,
  bindKeyComparisons,
  bindKeyCondition,
  compileKeyCondition,
  type KeyComparison,
  type KeyCondition,
  type KeyConditionDraft,
} from "./key-condition.ts";
export {
  checkLegacyComparison,
  compileLegacyConditions,
  type LegacyComparison,
  type LegacyOperator,
} from "./legacy-condition.ts";
export { compileLegacyUpdate, type LegacyAction } from "./legacy-update.ts";
export { isNormalInteger, type NumberParts, normalizeNumber, numberParts } from "./number.ts";
export { type Conjunct, joinConjuncts, pinnedValues, splitConjuncts } from "./partiql/conjuncts.ts";
export { parseStatement } from "./partiql/parser.ts";
export type {
  DeleteStatement,
  ExistsStatement,
  InsertStatement,
  OrderTerm,
  SelectStatement,
  Statement,
  UpdateStatement,
} from "./partiql/statement.ts";
export { type Path, valueAt } from "./path.ts";
export { type PlaceholderInput, Placeholders } from "./placeholders.ts";
export { compileProjection, type Project, type Projection, projectionOf } from "./projection.ts";
export type { ConditionNode, PathNode } from "./syntax.ts";
export { compileUpdate, compileUpdateActions, type Update } from "./update.ts";

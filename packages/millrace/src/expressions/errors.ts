/**
 * What is refused, in the service's words; the one table of this part.
 *
 * Inside the part a refusal is thrown, so that parsers and evaluators read straight; `attempt`
 * at every door turns it into a value. Wordings were checked against what the service answers,
 * odd spacing and missing stops included.
 */

class Refusal extends Error {
  override name = "Refusal";
}

/** What a caller gets: the value, or why not. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

export function refuse(message: string): never {
  throw new Refusal(message);
}

export function attempt<T>(compute: () => T): Outcome<T> {
  try {
    return { ok: true, value: compute() };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, message: thrown.message };
    throw thrown;
  }
}

/** Which parameter an expression came in; messages begin with it. */
export type ExpressionKind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

const incorrectOperand = "Incorrect operand type for operator or function; operator";
const parametersInvalid = "One or more parameter values were invalid: ";

export const messages = {
  // Numbers
  notNumeric: (text: string) =>
    `The parameter cannot be converted to a numeric value${text === "" ? "" : `: ${text}`}`,
  numberOverflow:
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
  numberUnderflow:
    "Number underflow. Attempting to store a number with magnitude smaller than supported range",
  numberTooPrecise: "Attempting to store more than 38 significant digits in a Number",

  // Text and placeholders
  empty: "The expression can not be empty;",
  tooLong: "Expression size has exceeded the maximum allowed size;",
  syntax: (token: string, near: string) => `Syntax error; token: "${token}", near: "${near}"`,
  tooDeep: "The expression is nested too deeply",
  reserved: (word: string) => `Attribute name is a reserved keyword; reserved keyword: ${word}`,
  undefinedName: (name: string) =>
    "An expression attribute name used in the document path is not defined; " +
    `attribute name: ${name}`,
  undefinedValue: (name: string) =>
    "An expression attribute value used in expression is not defined; " +
    `attribute value: ${name}`,
  unusedNames: (names: readonly string[]) =>
    "Value provided in ExpressionAttributeNames unused in expressions: " +
    `keys: {${names.join(", ")}}`,
  unusedValues: (names: readonly string[]) =>
    "Value provided in ExpressionAttributeValues unused in expressions: " +
    `keys: {${names.join(", ")}}`,
  indexRange: (index: string) => `List index is not within the allowable range; index: [${index}]`,
  tooManyOperators: (count: number) =>
    `The expression contains too many operators; operator count: ${count}`,

  // Functions and operands
  unknownFunction: (name: string) => `Invalid function name; function: ${name}`,
  misusedFunction: (name: string) =>
    `The function is not allowed to be used this way in an expression; function: ${name}`,
  operandCount: (name: string, count: number) =>
    "Incorrect number of operands for operator or function; " +
    `operator or function: ${name}, number of operands: ${count}`,
  pathRequired: (name: string) =>
    `Operator or function requires a document path; operator or function: ${name}`,
  operandType: (name: string, type: string) =>
    `${incorrectOperand} or function: ${name}, operand type: ${type}`,
  clauseOperandType: (clause: string, type: string) =>
    `${incorrectOperand}: ${clause}, operand type: ${type}, ` +
    `typeSet: ALLOWED_FOR_${clause}_OPERAND`,
  unknownType: (type: string) =>
    "Invalid attribute type name found; " +
    `type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
  notDistinct: (operator: string, path: string) =>
    "The first operand must be distinct from the remaining operands for this operator or " +
    `function; operator: ${operator}, first operand: ${path}`,
  betweenTypes: (lower: string, upper: string) =>
    "The BETWEEN operator requires same data type for lower and upper bounds; " +
    `lower bound operand: ${lower}, upper bound operand: ${upper}`,
  betweenOrder: (lower: string, upper: string) =>
    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " +
    `lower bound operand: ${lower}, upper bound operand: ${upper}`,
  tooManyInOperands: (count: number) =>
    `The IN operator is provided with too many operands; number of operands: ${count}`,
  redundantParentheses: "The expression has redundant parentheses;",

  // Updates
  repeatedClause: (clause: string) =>
    `The "${clause}" section can only be used once in an update expression;`,
  pathsOverlap: (one: string, two: string) =>
    "Two document paths overlap with each other; " +
    `must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
  pathsConflict: (one: string, two: string) =>
    "Two document paths conflict with each other; " +
    `must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
  operandAtWork: "An operand in the update expression has an incorrect data type",
  attributeMissing:
    "The provided expression refers to an attribute that does not exist in the item",
  pathInvalid: "The document path provided in the update expression is invalid for update",

  // Key conditions
  keyOperator: (name: string) => `Invalid operator used in KeyConditionExpression: ${name}`,
  keyNested: "KeyConditionExpressions cannot have conditions on nested attributes",
  keyNestedOperation: "KeyConditionExpressions cannot contain nested operations",
  keyRepeated: "KeyConditionExpressions must only contain one condition per key",
  keyNoAttribute: "Invalid condition in KeyConditionExpression: No key attribute specified",
  keyTwoAttributes:
    "Invalid condition in KeyConditionExpression: " +
    "Multiple attribute names used in one condition",
  keyFirstOperand: (operator: string) =>
    "Invalid condition in KeyConditionExpression: " +
    `${operator} operator must have the key attribute as its first operand`,
  keyCount: (conditions: number, attributes: number) =>
    `The number of query conditions (${conditions}) exceeds the number of key attributes ` +
    `defined in the schema (${attributes})`,
  keyConditionsCount: "Conditions can be of length 1 or 2 only",
  keyMissing: (attribute: string) => `Query condition missed key schema element: ${attribute}`,
  keyUnsupported: "Query key condition not supported",
  // Statements
  statement: (detail: string) => `Statement wasn't well formed, can't be processed: ${detail}`,
  duplicates: "Input collection contains duplicates",
  parameterCount: "Number of parameters in request and statement don't match.",

  // What came before expressions
  legacyCount: (operator: string) =>
    `${parametersInvalid}Invalid number of argument(s) for the ${operator} ComparisonOperator`,
  legacyType: (operator: string, type: string) =>
    `${parametersInvalid}ComparisonOperator ${operator} is not valid for ${type} ` +
    "AttributeValue type",
  legacyMixedTypes:
    "One or more parameter values were invalid: " +
    "AttributeValues inside AttributeValueList must be of same type",
  legacyBetweenOrder:
    "The BETWEEN condition was provided a range where the lower bound is greater than " +
    "the upper bound",
  legacyValueMissing:
    "One or more parameter values were invalid: " +
    "Only DELETE action is allowed when no attribute value is specified",
  legacyDeleteType: (type: string) =>
    `${parametersInvalid}DELETE action with value is not supported for the type ${type}`,
  legacyAddType: (type: string) =>
    `${parametersInvalid}ADD action is not supported for the type ${type}`,
  legacyTypeMismatch: "Type mismatch for attribute to update",

  keyType: `${parametersInvalid}Condition parameter type does not match schema type`,
} as const;

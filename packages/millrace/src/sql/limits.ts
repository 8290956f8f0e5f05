/** The bounds of the language. */

export const sqlLimits = {
  /** Significant digits of a number. */
  digits: 34,
  /** Largest power of ten of a number, and the smallest when negative. */
  exponentMax: 999,
  /** Parentheses, calls, literals and subqueries inside each other in a statement. */
  nestingMax: 100,
  /** Bounds the depth of a compiled statement, whatever its shape. */
  statementTokensMax: 4000,
  /** Variables of one SET. */
  variablesMax: 10,
  variableNameLengthMax: 64,
  /** Of each variable, and of all of them together, as minified JSON. */
  variableBytesMax: 128 * 1024,
  /** Arrays and objects inside each other in a payload; a deeper one counts as not JSON. */
  jsonNestingMax: 500,
  /** Of the array that `transform` makes, as minified JSON. */
  transformBytesMax: 128 * 1024,
  /** UTF-16 code units of a text that operators, functions and JSON make. */
  textLengthMax: 4 * 1024 * 1024,
  /**
   * What one evaluation may cost, in units of about ten nanoseconds: rows of subqueries, elements
   * compared, instructions of a pattern tried at a place, texts read or written, divisions of
   * numbers far apart. So the worst takes some tens of milliseconds.
   */
  workMax: 5_000_000,
  /** Calls of other services in one evaluation. */
  externalCallsMax: 100,
  /** Calls of one service in one evaluation, as AWS bounds them. */
  tableReadsMax: 1,
  registryReadsMax: 1,
  protobufDecodesMax: 2,
  /** Characters of the reason why a service had no answer: it may be all that a function wrote. */
  failureTextMax: 512,
  /** Of the lengths that `lpad` and `rpad` add. */
  padCountMax: 1000,
  /** Patterns that come out of messages and are kept ready, for each call in a statement. */
  keptPatternsMax: 50,
  /** Clients for which the value of an expression is kept that depends on the client alone. */
  keptClientsMax: 10_000,
  /** Of a client id and of a value that are kept, in UTF-16 code units. */
  keptClientTextMax: 256,
  /** Steps that an explanation tells; it counts the rest. */
  explainedStepsMax: 1000,
} as const;

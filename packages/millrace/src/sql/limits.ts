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
  /** Arrays and objects inside each other in a payload; a deeper one counts as not JSON. */
  jsonNestingMax: 500,
  /** Of the array that `transform` makes, as minified JSON. */
  transformBytesMax: 128 * 1024,
  /** Of the lengths that `lpad` and `rpad` add. */
  padCountMax: 1000,
} as const;

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
  /** UTF-16 code units of a text that operators and functions make; beyond it the rule fails. */
  textLengthMax: 4 * 1024 * 1024,
  /**
   * Places of a text that one `regexp_replace` looks at besides two for each character. A pattern
   * such as `a(.*b)?` may look at all the rest of the text after each match.
   */
  replacePlacesMax: 1_000_000,
  /** Of the lengths that `lpad` and `rpad` add. */
  padCountMax: 1000,
} as const;

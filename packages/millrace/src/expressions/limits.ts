/** The bounds of expressions, as the service documents them. */

/** UTF-8 bytes of one expression as sent, placeholders not replaced. */
export const expressionBytesMax = 4096;

/** Operators and functions in one expression. */
export const operatorsMax = 300;

/** Operands after IN. */
export const inOperandsMax = 100;

/** Positions in a list, written with no more digits than this has. */
export const listIndexMax = 2_147_483_647;

/** Parentheses and NOT within each other: ours, far beyond what 300 operators can use. */
export const nestingMax = 300;

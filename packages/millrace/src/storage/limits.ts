/** The bounds of this part. */

export const keyBytesMax = 2_048;

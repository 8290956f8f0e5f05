/** Bounds of a template. The first three are CloudFormation's own quotas. */

export const limits = {
  templateBytesMax: 1_048_576,
  resourcesMax: 500,
  parametersMax: 200,
  /** Deeper than any real template; keeps the walk over a hostile one off the end of the stack. */
  depthMax: 64,
  /** Of a text made by functions, which can be larger than the template it is made in. */
  resolvedTextMax: 1_048_576,
  stackNameLengthMax: 128,
} as const;

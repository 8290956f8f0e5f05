/** How a path names a layer: by its name or ARN, with the version behind it where one is due. */

export interface LayerLabel {
  readonly name: string;
  /** Absent: the layer itself is meant. */
  readonly number?: string;
}

const form =
  /^(?:arn:[^:/]+:lambda:[^:/]*:\d*:layer:)?([A-Za-z0-9_-]{1,140})(?:\/versions\/(\d{1,15}))?$/;

/** From `name`, its ARN, or either with `/versions/3`; `undefined`: it names no layer. */
export function readLayerLabel(label: string): LayerLabel | undefined {
  const [, name, number] = form.exec(label) ?? [];
  if (name === undefined) return undefined;
  return { name, ...(number !== undefined && { number: String(Number(number)) }) };
}

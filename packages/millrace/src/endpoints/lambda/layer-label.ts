/** How a path names a layer: by its name or ARN, with the version behind it where one is due. */

export interface LayerLabel {
  readonly name: string;
  /** Absent: the layer itself is meant. */
  readonly number?: string;
}

const form =
  /^(?:arn:[^:/]+:lambda:[^:/]*:\d*:layer:)?([A-Za-z0-9_-]{1,140})(?:\/versions\/(\d{1,15}))?$/;

/** The label of the version that this ARN names; of what is none, something that is none either. */
export function labelOfVersionArn(arn: string): string {
  return arn.replace(/:(\d{1,15})$/, "/versions/$1");
}

/** From `name`, its ARN, or either with `/versions/3`; `undefined`: it names no layer. */
export function readLayerLabel(label: string): LayerLabel | undefined {
  const [, name, number] = form.exec(label) ?? [];
  if (name === undefined) return undefined;
  return { name, ...(number !== undefined && { number: String(Number(number)) }) };
}

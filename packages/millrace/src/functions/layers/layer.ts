/** Layers: folders that several functions share, each version under an ARN of its own. */

/** Of the template: one version, which is the folder as it is. */
export interface LayerDefinition {
  readonly name: string;
  /** Absolute path; on Lambda it is what `/opt` holds. */
  readonly folder: string;
  readonly description?: string | undefined;
  readonly compatibleRuntimes?: readonly string[] | undefined;
  readonly licenseInfo?: string | undefined;
}

export interface LayerVersion {
  readonly name: string;
  readonly number: number;
  /** With the number. */
  readonly arn: string;
  readonly folder: string;
  readonly codeBytes: number;
  /** In base64; absent for a folder of the template, which may change. */
  readonly codeSha256?: string | undefined;
  readonly createdMs: number;
  readonly description?: string | undefined;
  readonly compatibleRuntimes?: readonly string[] | undefined;
  readonly licenseInfo?: string | undefined;
  /** It is told no more, and only functions that have it keep it. */
  readonly deleted?: true | undefined;
}

export const layersPerFunctionMax = 5;
/** Of the template's layers, whatever their folder holds. */
export const templateVersion = 1;

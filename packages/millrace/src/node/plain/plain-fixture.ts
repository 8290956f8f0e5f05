/** What plain templates, as CloudFormation and the CDK have them, are written with. */

export const ref = (Ref: string) => ({ Ref });
export const attribute = (logicalId: string, name: string) => ({
  "Fn::GetAtt": [logicalId, name],
});
export const joined = (...parts: unknown[]) => ({ "Fn::Join": ["", parts] });

/**
 * The `AWS::Lambda::Alias` that SAM makes of `AutoPublishAlias`, so that its logical id and
 * `!Ref Function.Alias` can be referred to. The function stands for it: written out in a template,
 * the type is refused.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { object, required, text } from "../../schema.ts";
import { functionArn } from "./function-members.ts";

export const lambdaAlias = defineResource({
  type: "AWS::Lambda::Alias",
  properties: object({ FunctionName: required(text()), Name: required(text()) }),
  nameProperty: "FunctionName",
  scopeProperty: "Name",
  defaultName: stackAndLogicalId,
  ref: aliasArn,
  attributes: { AliasArn: aliasArn },
  build() {},
});

function aliasArn(identity: Identity): string {
  return `${functionArn(identity)}:${identity.scope}`;
}

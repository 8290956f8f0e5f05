/** `AWS::IoT::Authorizer`: a function that lets MQTT clients and HTTP publishers in. */

import { authorizerProblem } from "../../../identity/mod.ts";
import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { boolean, choice, dictionary, object, required, text } from "../../schema.ts";
import { findFunction } from "../lambda/function-reference.ts";
import { noteTags, tags } from "../tags.ts";

const authorizerType = "AWS::IoT::Authorizer";

export const iotAuthorizer = defineResource({
  type: authorizerType,
  properties: object({
    AuthorizerName: text({
      pattern: /^[\w=,@-]{1,128}$/,
      form: "an authorizer's name: 1 to 128 letters, digits and _ = , @ -",
    }),
    AuthorizerFunctionArn: required(text()),
    TokenKeyName: text({
      pattern: /^[a-zA-Z0-9_-]{1,128}$/,
      form: "a token's key name: 1 to 128 letters, digits, _ and -",
    }),
    TokenSigningPublicKeys: dictionary(text(), /^[a-zA-Z0-9:_-]{1,128}$/),
    SigningDisabled: boolean(),
    Status: choice("ACTIVE", "INACTIVE"),
    EnableCachingForHttp: boolean(),
    Tags: tags,
  }),
  nameProperty: "AuthorizerName",
  namespace: "authorizer",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: { Arn: authorizerArn },
  build({ identity, properties, report }, draft) {
    noteTags(properties.Tags, authorizerType, draft);
    const functionArn = properties.AuthorizerFunctionArn;
    if (typeof findFunction(draft, functionArn) === "string") {
      const message = `'${functionArn}' is no function of this template`;
      report(["Properties", "AuthorizerFunctionArn"], message);
      return;
    }
    const definition = {
      name: identity.name,
      functionArn,
      signingDisabled: properties.SigningDisabled ?? false,
      status: properties.Status ?? "ACTIVE",
      enableCachingForHttp: properties.EnableCachingForHttp ?? false,
      ...(properties.TokenKeyName !== undefined && { tokenKeyName: properties.TokenKeyName }),
      ...(properties.TokenSigningPublicKeys && {
        tokenSigningPublicKeys: properties.TokenSigningPublicKeys,
      }),
    } as const;
    const problem = authorizerProblem(definition);
    if (problem) report(["Properties"], problem);
    else draft.authorizers.push(definition);
  },
});

function authorizerArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:iot:${region}:${accountId}:authorizer/${name}`;
}

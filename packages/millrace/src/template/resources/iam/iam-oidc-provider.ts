/**
 * `AWS::IAM::OIDCProvider`: an OpenID Connect provider whose tokens count in this account.
 *
 * Thumbprints of its certificate mean nothing here: as AWS does for most providers by now, the
 * server trusts the authorities that the machine trusts.
 */

import { issuerProblem, providerNameOf } from "../../../identity/mod.ts";
import { defineResource, type Identity } from "../../resource-type.ts";
import { list, object, required, text } from "../../schema.ts";

export const oidcProviderType = "AWS::IAM::OIDCProvider";

/** The ARN has the URL in it, which is the resource's name. */
function providerArn({ partition, accountId, name }: Identity): string {
  return `arn:${partition}:iam::${accountId}:oidc-provider/${providerNameOf(name)}`;
}

export const iamOidcProvider = defineResource({
  type: oidcProviderType,
  properties: object({
    Url: required(text()),
    ClientIdList: list(text({ pattern: /^.{1,255}$/, form: "a client id" }), { max: 100 }),
    ThumbprintList: list(text({ pattern: /^[0-9a-fA-F]{40}$/, form: "40 hexadecimal digits" }), {
      max: 5,
    }),
  }),
  nameProperty: "Url",
  namespace: "identity provider",
  defaultName: (_, logicalId) => logicalId,
  ref: providerArn,
  attributes: { Arn: providerArn },
  build({ identity, properties, report }, draft) {
    const issuer = properties.Url;
    const problem = issuerProblem(issuer);
    if (problem) {
      report(["Properties", "Url"], problem);
      return;
    }
    if (properties.ThumbprintList) draft.noteWithoutEffect("thumbprints of identity providers");
    draft.identityProviders.push({
      arn: providerArn(identity),
      name: providerNameOf(issuer),
      issuer,
      audiences: properties.ClientIdList ?? [],
    });
  },
});

/**
 * `AWS::Cognito::IdentityPool`: identities for people who are no users of the account.
 *
 * Guests, and those who log in at a provider of OpenID Connect; user pools are one each. What names
 * another kind of provider (SAML, developers) is refused by its name.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../resource-type.ts";
import { boolean, dictionary, list, object, required, text } from "../schema.ts";
import { derivedId } from "../surroundings.ts";
import { readProviders } from "./pool-providers.ts";
import { noteTags, tags } from "./tags.ts";

/** The same at every start, so that browsers may remember identities of it. */
function identityPoolId({ region, stackName, logicalId }: Identity): string {
  const digits = derivedId(`identity pool/${stackName}/${logicalId}`, 32, "0123456789abcdef");
  const parts = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/.exec(digits)!.slice(1);
  const [first, second, third, fourth, last] = parts;
  return `${region}:${first}-${second}-4${third}-8${fourth}-${last}`;
}

export const identityPoolType = "AWS::Cognito::IdentityPool";

export const cognitoIdentityPool = defineResource({
  type: identityPoolType,
  properties: object({
    IdentityPoolName: text({
      pattern: /^[\w\s+=,.@-]{1,128}$/,
      form: "a name of 1 to 128 letters, digits, spaces and + = , . @ -",
    }),
    AllowUnauthenticatedIdentities: required(boolean()),
    AllowClassicFlow: boolean(),
    IdentityPoolTags: tags,
    OpenIdConnectProviderARNs: list(text()),
    SupportedLoginProviders: dictionary(text()),
    CognitoIdentityProviders: list(
      object({
        ProviderName: required(
          text({
            pattern: /^cognito-idp\.[\w-]+\.amazonaws\.com(\.cn)?\/[\w-]+$/,
            form: "the name of a user pool: cognito-idp.<region>.amazonaws.com/<id>",
          }),
        ),
        ClientId: required(text({ pattern: /^\w{1,128}$/, form: "a client id" })),
        ServerSideTokenCheck: boolean(),
      }),
    ),
  }),
  nameProperty: "IdentityPoolName",
  namespace: "identity pool",
  defaultName: stackAndLogicalId,
  ref: identityPoolId,
  attributes: { Name: ({ name }) => name },
  build({ identity, properties, report }, draft) {
    noteTags(properties.IdentityPoolTags, "AWS::Cognito::IdentityPool", draft);
    const id = identityPoolId(identity);
    const allowsGuests = properties.AllowUnauthenticatedIdentities;
    const allowsClassicFlow = properties.AllowClassicFlow ?? false;
    const providers = readProviders({ properties, report }, draft);
    draft.identityPools.push({
      id,
      name: identity.name,
      allowsGuests,
      ...(allowsClassicFlow && { allowsClassicFlow }),
      ...(providers.length > 0 && { providers }),
    });
  },
});

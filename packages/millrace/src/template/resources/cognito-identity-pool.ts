/**
 * `AWS::Cognito::IdentityPool`: identities for people who are no users of the account.
 *
 * Guests are served. Identities that a provider vouches for are not: each property that names one
 * (user pools, OpenID Connect, SAML, social logins, developers) is refused by its name.
 */

import { defineResource, type Identity, stackAndLogicalId } from "../resource-type.ts";
import { boolean, object, required, text } from "../schema.ts";
import { derivedId } from "../surroundings.ts";

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
  }),
  nameProperty: "IdentityPoolName",
  namespace: "identity pool",
  defaultName: stackAndLogicalId,
  ref: identityPoolId,
  attributes: { Name: ({ name }) => name },
  build({ identity, properties, report }, draft) {
    if (properties.AllowClassicFlow) {
      const message = "the classic flow, in which a browser takes the role itself, is not there";
      report(["Properties", "AllowClassicFlow"], message);
    }
    const id = identityPoolId(identity);
    const allowsGuests = properties.AllowUnauthenticatedIdentities;
    draft.identityPools.push({ id, name: identity.name, allowsGuests });
  },
});

/** Whose logins count in an identity pool: from its three properties that name providers. */

import type { LoginProvider } from "../../identity/mod.ts";
import type { Draft, Resource } from "../resource-type.ts";

export interface ProviderProperties {
  readonly OpenIdConnectProviderARNs?: readonly string[];
  readonly SupportedLoginProviders?: Readonly<Record<string, string>>;
  readonly CognitoIdentityProviders?: readonly {
    readonly ProviderName: string;
    readonly ClientId: string;
    readonly ServerSideTokenCheck?: boolean;
  }[];
}

/** Social providers whose tokens are OpenID Connect's; the others' can only be asked about. */
const socialProviders: ReadonlySet<string> = new Set(["accounts.google.com", "appleid.apple.com"]);

/** The providers; what cannot be one is reported where it stands. */
export function readProviders(
  { properties, report }: Pick<Resource<ProviderProperties>, "properties" | "report">,
  { identityProviders }: Draft,
): LoginProvider[] {
  const providers: LoginProvider[] = [];
  for (const [index, arn] of (properties.OpenIdConnectProviderARNs ?? []).entries()) {
    const provider = identityProviders.find((one) => one.arn === arn);
    if (provider) providers.push(provider);
    else {
      const message = `'${arn}' is no OpenID Connect provider of this template`;
      report(["Properties", "OpenIdConnectProviderARNs", index], message);
    }
  }
  for (const [name, clientId] of Object.entries(properties.SupportedLoginProviders ?? {})) {
    if (socialProviders.has(name)) providers.push(onHttps(name, clientId));
    else {
      const why = "its tokens are not OpenID Connect's";
      const message = `logins at '${name}' are not implemented: ${why}`;
      report(["Properties", "SupportedLoginProviders", name], message);
    }
  }
  for (const [index, one] of (properties.CognitoIdentityProviders ?? []).entries()) {
    if (one.ServerSideTokenCheck) {
      const message = "asking the user pool about each token is not implemented";
      const place = ["Properties", "CognitoIdentityProviders", index, "ServerSideTokenCheck"];
      report(place, message);
    }
    providers.push(onHttps(one.ProviderName, one.ClientId));
  }
  return merged(providers);
}

function onHttps(name: string, clientId: string): LoginProvider {
  return { name, issuer: `https://${name}`, audiences: [clientId] };
}

/** Several clients of one user pool are one provider. */
function merged(providers: readonly LoginProvider[]): LoginProvider[] {
  const byName = new Map<string, LoginProvider>();
  for (const one of providers) {
    const known = byName.get(one.name);
    const audiences = [...(known?.audiences ?? []), ...one.audiences];
    byName.set(one.name, { name: one.name, issuer: one.issuer, audiences });
  }
  return [...byName.values()];
}

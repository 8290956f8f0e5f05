/** An OpenID Connect provider on this machine, for tests: discovery, keys, tokens on request. */

import { exportJWK, generateKeyPair, SignJWT } from "jose";

export interface Issuer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** The same without its scheme, as `Logins` has it. */
  readonly name: string;
  /** For Ann at the shop, ten minutes; what is given counts instead. */
  token(claims?: object): Promise<string>;
  stop(): void;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const keys = [{ ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" }];
  let url = "";
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/keys") return Response.json({ keys });
      if (pathname !== "/.well-known/openid-configuration")
        return new Response(null, { status: 404 });
      return Response.json({ issuer: url, jwks_uri: `${url}/keys` });
    },
  });
  url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    name: url.slice("http://".length),
    token: (claims = {}) =>
      new SignJWT({ iss: url, aud: "shop", sub: "ann", ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "one" })
        .setIssuedAt()
        .setExpirationTime("10m")
        .sign(privateKey),
    stop: () => void server.stop(true),
  };
}

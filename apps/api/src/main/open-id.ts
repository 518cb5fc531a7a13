import type { SignInConfig } from '@firedrill/runtime'
import * as oidc from 'openid-client'
import { z } from 'zod'
import { CALLBACK_PATH, type IdentityProvider } from '../sign-in/identity-provider.ts'

/** The provider that a configuration names. It is asked about itself at the first sign-in, and again while it does not answer. */
export function openIdProvider(config: SignInConfig): IdentityProvider {
  const redirectUri = `${config.publicUrl}${CALLBACK_PATH}`
  let known: Promise<oidc.Configuration> | undefined
  const provider = () => {
    known ??= discover(config)
    known.catch(() => {
      known = undefined
    })
    return known
  }
  return {
    begin: async () => {
      const found = await provider()
      const verifier = oidc.randomPKCECodeVerifier()
      const checks = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier }
      const url = oidc.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: config.scopes,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state: checks.state,
        nonce: checks.nonce,
      })
      return { url: url.href, checks }
    },
    finish: async (query, { state, nonce, verifier }) => {
      const found = await provider()
      const tokens = await oidc.authorizationCodeGrant(found, new URL(`${redirectUri}?${query}`), {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new Error('the provider sent no id token')
      // Providers may keep groups out of the id token, to keep it short.
      const isWhole = claims[config.groupsClaim] !== undefined
      const more = isWhole ? {} : await oidc.fetchUserInfo(found, tokens.access_token, claims.sub)
      const { name, preferred_username, email, groups } = personSchema.parse({
        ...claims,
        ...more,
        groups: more[config.groupsClaim as never] ?? claims[config.groupsClaim],
      })
      const called = name ?? preferred_username ?? email ?? claims.sub
      return { issuer: claims.iss, subject: claims.sub, name: called, groups }
    },
  }
}

const personSchema = z.looseObject({
  name: z.string().min(1).optional(),
  preferred_username: z.string().min(1).optional(),
  email: z.string().min(1).optional(),
  groups: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(z.string()).default([]),
  ),
})

function discover({ issuer, clientId, clientSecret }: SignInConfig): Promise<oidc.Configuration> {
  const url = new URL(issuer)
  return oidc.discovery(
    url,
    clientId,
    clientSecret,
    clientSecret === undefined ? oidc.None() : undefined,
    // The configuration lets plain http name a loopback address only.
    url.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : undefined,
  )
}

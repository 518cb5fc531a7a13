/** What has to come back unchanged from the provider, kept by the browser in a signed cookie meanwhile. */
export type SignInChecks = Readonly<{ state: string; nonce: string; verifier: string }>

/** A person as the provider knows them. */
export type ProvenPerson = Readonly<{
  issuer: string
  subject: string
  name: string
  groups: readonly string[]
}>

/** An OpenID Connect provider: authorization code with PKCE. */
export type IdentityProvider = Readonly<{
  /** Where the browser goes to sign in. Rejects when the provider cannot be reached. */
  begin(): Promise<Readonly<{ url: string; checks: SignInChecks }>>
  /** Who came back. `query`: of the address the provider sent the browser to. Rejects when anything does not fit. */
  finish(query: string, checks: SignInChecks): Promise<ProvenPerson>
}>

/** Path of the address that the provider sends people back to. */
export const CALLBACK_PATH = '/sign-in/callback'

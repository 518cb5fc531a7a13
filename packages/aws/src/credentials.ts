import { fromIni } from '@aws-sdk/credential-provider-ini'
import type { CompiledEnvironment } from '@firedrill/core'

/** What a client signs with. `expiration` makes the SDK ask again in time. */
export type Credentials = Readonly<{
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}>
export type CredentialProvider = () => Promise<Credentials>

/**
 * The environment's own credentials, before any role. There is no default chain.
 * @throws Error when a sandbox names anything but static credentials: it must never come near real ones.
 */
export function baseCredentials(environment: CompiledEnvironment, region: string): CredentialProvider {
  const { credentials } = environment.aws
  if (environment.environmentKind === 'sandbox' && credentials.source !== 'static') {
    throw new Error(
      `sandbox environment ${environment.name} must have static credentials, not ${credentials.source}`,
    )
  }
  switch (credentials.source) {
    case 'static': {
      const { accessKeyId, secretAccessKey } = credentials
      return async () => ({ accessKeyId, secretAccessKey })
    }
    case 'profile':
      return fromProfile(credentials.profile, region)
    case 'environment-variables':
      return fromVariables
  }
}

function fromProfile(profile: string, region: string): CredentialProvider {
  const load = fromIni({ profile, clientConfig: { region } })
  return async () => load()
}

/** Reads the variables anew each time, so that a shell that renewed them need not restart us. */
async function fromVariables(): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw Object.assign(new Error('AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set'), {
      name: 'CredentialsProviderError',
    })
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  }
}

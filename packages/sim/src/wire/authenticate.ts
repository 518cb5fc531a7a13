import { authFault, type AuthProblem } from './auth-faults.ts'
import { lookUpKey, type KeyPair } from './credentials.ts'
import { AWS_REGIONS } from './regions.ts'
import type { AwsProtocol, AwsService, Caller } from './service.ts'
import { verifySignature, type SignatureClaim, type SignedRequest } from './sigv4.ts'

/** A caller whose signature holds, and the Region it signed for. */
export type Authenticated = { readonly caller: Caller; readonly region: string }

/**
 * Checks who signed a request and for which Region.
 * @throws AwsFault in the shape of the service's protocol for anything that does not hold.
 */
export function authenticate(
  account: string,
  keys: KeyPair,
  service: AwsService,
  protocol: AwsProtocol,
  claim: SignatureClaim | undefined,
  request: SignedRequest,
  platformNowMs: number,
): Authenticated {
  const refuse = (problem: AuthProblem): never => {
    throw authFault(protocol, problem)
  }
  if (claim === undefined) return refuse({ kind: 'unsigned' })
  const token = request.headers['x-amz-security-token']
  const key = lookUpKey(keys, claim.accessKeyId, token, account, platformNowMs)
  if (key.kind !== 'known') return refuse(key)
  if (!isSignableRegion(service, claim.region)) return refuse({ kind: 'wrong-region', given: claim.region })
  const verdict = verifySignature(claim, request, key.secret, platformNowMs)
  if (verdict.kind !== 'valid') return refuse(verdict)
  return { caller: key.caller, region: claim.region }
}

function isSignableRegion(service: AwsService, region: string): boolean {
  if (service.globalRegion !== undefined) return region === service.globalRegion
  return AWS_REGIONS.some((known) => known === region)
}

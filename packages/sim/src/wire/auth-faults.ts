import { AwsFault } from './aws-fault.ts'
import type { SignatureVerdict } from './sigv4.ts'
import type { AwsProtocol } from './service.ts'

/** Every way in which a signature can fail to open the door. */
export type AuthProblem =
  | Exclude<SignatureVerdict, { kind: 'valid' }>
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'expired-token' }
  | { readonly kind: 'invalid-token' }
  | { readonly kind: 'wrong-region'; readonly given: string }

const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'
const INVALID_TOKEN = 'The security token included in the request is invalid.'
const EXPIRED_TOKEN = 'The security token included in the request is expired'
const EC2_REFUSAL = 'AWS was not able to validate the provided access credentials'

/** Turns an authentication problem into the error that a service of this protocol answers with. */
export function authFault(protocol: AwsProtocol, problem: AuthProblem): AwsFault {
  switch (protocol) {
    case 'ec2Query':
      return ec2Fault(problem)
    case 'awsQuery':
    case 'restXml':
      return xmlFault(problem)
    case 'restJson1':
    case 'awsJson1.0':
      return jsonFault(problem, protocol === 'awsJson1.0' ? 400 : 403)
  }
}

function ec2Fault(problem: AuthProblem): AwsFault {
  switch (problem.kind) {
    case 'unsigned':
      return new AwsFault({
        code: 'MissingAuthenticationToken',
        message: 'Request is missing Authentication Token',
        status: 403,
      })
    case 'expired':
    case 'not-yet-current':
      return new AwsFault({ code: 'RequestExpired', message: 'Request has expired.', status: 400 })
    case 'expired-token':
      return new AwsFault({ code: 'RequestExpired', message: 'Request has expired.', status: 400 })
    case 'unknown-key':
    case 'invalid-token':
    case 'mismatch':
    case 'incomplete':
    case 'wrong-region':
      return new AwsFault({ code: 'AuthFailure', message: EC2_REFUSAL, status: 401 })
  }
}

function xmlFault(problem: AuthProblem): AwsFault {
  switch (problem.kind) {
    case 'unsigned':
      return new AwsFault({
        code: 'MissingAuthenticationToken',
        message: 'Request is missing Authentication Token',
        status: 403,
      })
    case 'unknown-key':
    case 'invalid-token':
      return new AwsFault({ code: 'InvalidClientTokenId', message: INVALID_TOKEN, status: 403 })
    case 'expired-token':
      return new AwsFault({ code: 'ExpiredToken', message: EXPIRED_TOKEN, status: 403 })
    case 'incomplete':
      return new AwsFault({
        code: 'IncompleteSignature',
        message: incompleteMessage(problem.missing),
        status: 403,
      })
    case 'mismatch':
    case 'expired':
    case 'not-yet-current':
    case 'wrong-region':
      return new AwsFault({ code: 'SignatureDoesNotMatch', message: signatureMessage(problem), status: 403 })
  }
}

function jsonFault(problem: AuthProblem, status: number): AwsFault {
  switch (problem.kind) {
    case 'unsigned':
      return new AwsFault({
        code: 'MissingAuthenticationTokenException',
        message: 'Missing Authentication Token',
        status: 403,
      })
    case 'unknown-key':
    case 'invalid-token':
      return new AwsFault({
        code: 'UnrecognizedClientException',
        message: INVALID_TOKEN,
        status,
        queryCode: 'InvalidClientTokenId',
      })
    case 'expired-token':
      return new AwsFault({
        code: 'ExpiredTokenException',
        message: EXPIRED_TOKEN,
        status,
        queryCode: 'ExpiredToken',
      })
    case 'incomplete':
      return new AwsFault({
        code: 'IncompleteSignatureException',
        message: incompleteMessage(problem.missing),
        status,
      })
    case 'mismatch':
    case 'expired':
    case 'not-yet-current':
    case 'wrong-region':
      return new AwsFault({
        code: 'InvalidSignatureException',
        message: signatureMessage(problem),
        status,
        queryCode: 'SignatureDoesNotMatch',
      })
  }
}

type SignatureProblem = Extract<
  AuthProblem,
  { kind: 'mismatch' | 'expired' | 'not-yet-current' | 'wrong-region' }
>

function signatureMessage(problem: SignatureProblem): string {
  switch (problem.kind) {
    case 'mismatch':
      return MISMATCH
    case 'expired':
      return `Signature expired: ${problem.signedAt} is now earlier than ${problem.earliest} (${problem.platformNow} - 15 min.)`
    case 'not-yet-current':
      return `Signature not yet current: ${problem.signedAt} is still later than ${problem.latest} (${problem.platformNow} + 15 min.)`
    case 'wrong-region':
      return `Credential should be scoped to a valid region, not '${problem.given}'. `
  }
}

function incompleteMessage(missing: string): string {
  return `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header; missing or not signed: ${missing}.`
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

const ALGORITHM = 'AWS4-HMAC-SHA256'
/** How far a signature's date may be from the platform's clock. */
export const SIGNATURE_WINDOW_MS = 15 * 60 * 1000

/** The parts of the `Authorization` header of a request signed with Signature Version 4. */
export type SignatureClaim = {
  readonly accessKeyId: string
  readonly day: string
  readonly region: string
  readonly service: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/** The request as it came over the wire: raw path and query, lower-case header names, body before decompression. */
export type SignedRequest = {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

/** Whether a signature holds, or why it does not. */
export type SignatureVerdict =
  | { readonly kind: 'valid' }
  | { readonly kind: 'mismatch' }
  | {
      readonly kind: 'expired'
      readonly signedAt: string
      readonly platformNow: string
      readonly earliest: string
    }
  | {
      readonly kind: 'not-yet-current'
      readonly signedAt: string
      readonly platformNow: string
      readonly latest: string
    }
  | { readonly kind: 'incomplete'; readonly missing: string }

/** Reads an `Authorization` header; `undefined` if it is absent or not a complete Signature Version 4 header. */
export function parseAuthorization(header: string | undefined): SignatureClaim | undefined {
  if (header === undefined || !header.startsWith(`${ALGORITHM} `)) return undefined
  const parts = new Map<string, string>()
  for (const part of header.slice(ALGORITHM.length + 1).split(',')) {
    const at = part.indexOf('=')
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim())
  }
  const scope = parts.get('Credential')?.split('/')
  const signedHeaders = parts.get('SignedHeaders')
  const signature = parts.get('Signature')
  if (scope?.length !== 5 || signedHeaders === undefined || signature === undefined) return undefined
  const [accessKeyId = '', day = '', region = '', service = '', terminator] = scope
  if (terminator !== 'aws4_request') return undefined
  return { accessKeyId, day, region, service, signedHeaders: signedHeaders.split(';'), signature }
}

/**
 * Recomputes a signature with the secret that belongs to its access key.
 * @param platformNowMs wall-clock milliseconds: a signature's age is platform time, whatever the world's clock says.
 */
export function verifySignature(
  claim: SignatureClaim,
  request: SignedRequest,
  secret: string,
  platformNowMs: number,
): SignatureVerdict {
  const signedAt = request.headers['x-amz-date'] ?? ''
  const signedAtMs = amzDateToMs(signedAt)
  if (signedAtMs === undefined || !signedAt.startsWith(claim.day))
    return { kind: 'incomplete', missing: 'X-Amz-Date' }
  if (!claim.signedHeaders.includes('host')) return { kind: 'incomplete', missing: 'host' }
  const age = ageVerdict(signedAt, signedAtMs, platformNowMs)
  if (age !== undefined) return age
  const bodyHash = createHash('sha256').update(request.body).digest('hex')
  const claimedHash = request.headers['x-amz-content-sha256']
  if (claimedHash !== undefined && claimedHash !== 'UNSIGNED-PAYLOAD' && claimedHash !== bodyHash)
    return { kind: 'mismatch' }
  const canonical = canonicalRequest(claim, request, claimedHash ?? bodyHash)
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`
  const canonicalHash = createHash('sha256').update(canonical).digest('hex')
  const expected = hmac(
    signingKey(claim, secret),
    [ALGORITHM, signedAt, scope, canonicalHash].join('\n'),
  ).toString('hex')
  return equalInConstantTime(expected, claim.signature) ? { kind: 'valid' } : { kind: 'mismatch' }
}

function ageVerdict(
  signedAt: string,
  signedAtMs: number,
  platformNowMs: number,
): SignatureVerdict | undefined {
  const earliestMs = platformNowMs - SIGNATURE_WINDOW_MS
  const latestMs = platformNowMs + SIGNATURE_WINDOW_MS
  if (signedAtMs >= earliestMs && signedAtMs <= latestMs) return undefined
  const platformNow = msToAmzDate(platformNowMs)
  return signedAtMs < earliestMs
    ? { kind: 'expired', signedAt, platformNow, earliest: msToAmzDate(earliestMs) }
    : { kind: 'not-yet-current', signedAt, platformNow, latest: msToAmzDate(latestMs) }
}

function canonicalRequest(claim: SignatureClaim, request: SignedRequest, payloadHash: string): string {
  const path = request.path.split('/').map(encodeRfc3986).join('/')
  const query = [...new URLSearchParams(request.query)]
    .map(([key, value]) => [encodeRfc3986(key), encodeRfc3986(value)] as const)
    .sort(([leftKey, leftValue], [rightKey, rightValue]) =>
      leftKey === rightKey ? compare(leftValue, rightValue) : compare(leftKey, rightKey),
    )
    .map(([key, value]) => `${key}=${value}`)
    .join('&')
  const headers = claim.signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/\s+/g, ' ')}\n`)
    .join('')
  return [request.method, path, query, headers, claim.signedHeaders.join(';'), payloadHash].join('\n')
}

/** Keys that were derived lately: a caller goes on with the same one for a day. */
const derivedKeys = new Map<string, Buffer>()
const DERIVED_KEYS_MAX = 256

function signingKey(claim: SignatureClaim, secret: string): Buffer {
  const { day, region, service } = claim
  const name = JSON.stringify([secret, day, region, service])
  const known = derivedKeys.get(name)
  if (known !== undefined) return known
  const key = hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), service), 'aws4_request')
  // Anybody may claim any scope; what is kept for them is bounded.
  if (derivedKeys.size >= DERIVED_KEYS_MAX) derivedKeys.clear()
  derivedKeys.set(name, key)
  return key
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function equalInConstantTime(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function amzDateToMs(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
}

function msToAmzDate(ms: number): string {
  return `${new Date(ms).toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z`
}

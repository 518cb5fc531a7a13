const SECRET_KEY =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-amz-security-token)$|secret|password|passwd|token|ticket|credential|accesskeyid|privatekey|sessionkey/i
const DEPTH_MAX = 8
const MASK = '[redacted]'

/**
 * A copy of a log object in which the value of every member whose name speaks of a secret is masked, at any depth.
 * Errors become plain objects with type, message, stack, code and cause. Deeper than eight levels nothing is written.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= DEPTH_MAX) return '[too deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  if (!isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      SECRET_KEY.test(key) && member !== undefined && member !== null ? MASK : redact(member, depth + 1),
    ]),
  )
}

function redactError(error: Error, depth: number): unknown {
  const { name, message, stack, cause, ...own } = error as Error & { cause?: unknown }
  const rest = Object.fromEntries(Object.entries(own))
  return {
    ...(redact(rest, depth + 1) as object),
    type: name,
    message,
    stack,
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // user:password@ of any URL
  [/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'\\]*):[^\s@/"'\\]+@/gi, `$1:${MASK}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${MASK}`],
  [/([?&](?:ticket|token|X-Amz-Signature|X-Amz-Security-Token)=)[^&\s"'\\]+/gi, `$1${MASK}`],
  [/\bfd_[A-Za-z0-9_-]{20,}/g, MASK],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, MASK],
]

/** Masks secrets that hide inside text: passwords in URLs, bearer tokens, tickets, AWS access key ids. */
export function redactText(line: string): string {
  let text = line
  for (const [pattern, mask] of PATTERNS) text = text.replace(pattern, mask)
  return text
}

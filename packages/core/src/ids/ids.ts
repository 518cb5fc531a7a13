/** Prefix of every kind of id, one entry a kind; the id's type derives from its key. */
export const ID_PREFIXES = {
  run: 'run',
  drill: 'drl',
  scenario: 'scn',
  environment: 'env',
  runbook: 'rbk',
  event: 'evt',
  schedule: 'sch',
  token: 'tok',
  worker: 'wrk',
  webhook: 'whk',
  gameDay: 'gmd',
} as const

/** A kind of thing that has an id. */
export type IdKind = keyof typeof ID_PREFIXES

declare const idBrand: unique symbol
/** An id of one kind: prefix, underscore, UUIDv7 in Crockford base32 (26 characters), sortable by time. */
export type Id<K extends IdKind> = string & { readonly [idBrand]: K }
export type RunId = Id<'run'>
export type DrillId = Id<'drill'>

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const BODY = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

/** Builds an id from a platform time in milliseconds and ten random bytes (UUIDv7 layout). */
export function mintId<K extends IdKind>(kind: K, unixMs: number, random: Uint8Array): Id<K> {
  if (random.length < 10) throw new RangeError('an id needs ten random bytes')
  let bits = (BigInt(unixMs) << 80n) | (0x7n << 76n)
  let tail = 0n
  for (let i = 0; i < 10; i++) tail = (tail << 8n) | BigInt(random[i] ?? 0)
  const randA = (tail >> 68n) & 0xfffn
  const randB = tail & ((1n << 62n) - 1n)
  bits |= (randA << 64n) | (0b10n << 62n) | randB
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = (ALPHABET[Number(bits & 31n)] ?? '0') + text
    bits >>= 5n
  }
  return `${ID_PREFIXES[kind]}_${text}` as Id<K>
}

/** Reads an id of a kind, or answers undefined when the text is none. */
export function parseId<K extends IdKind>(kind: K, text: string): Id<K> | undefined {
  const prefix = `${ID_PREFIXES[kind]}_`
  return text.startsWith(prefix) && BODY.test(text.slice(prefix.length)) ? (text as Id<K>) : undefined
}

/** Distinguished Encoding Rules, as far as certificates need them. Every function gives one whole element. */

/** An element of any tag. */
export const element = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

/** SEQUENCE. */
export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts)

/** SET of one, as names have it. */
export const setOf = (part: Uint8Array): Buffer => element(0x31, part)

/** A positive INTEGER from its bytes. */
export const integer = (bytes: Uint8Array): Buffer =>
  element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes)

/** BOOLEAN true, which is the only one that is ever written. */
export const yes = (): Buffer => element(0x01, Buffer.from([0xff]))

/** OBJECT IDENTIFIER from its dotted form. */
export const objectId = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap((arc) => base128(arc))]))
}

const base128 = (arc: number): number[] => {
  const digits = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
    digits.unshift(0x80 | (left % 128))
  return digits
}

/** UTF8String. */
export const text = (value: string): Buffer => element(0x0c, Buffer.from(value, 'utf8'))

/** OCTET STRING. */
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes)

/** BIT STRING whose last `unused` bits do not count. */
export const bits = (bytes: Uint8Array, unused = 0): Buffer => element(0x03, Buffer.from([unused]), bytes)

/** A point of time to the second, in the form that X.509 asks for: two-digit years until 2049. `ms` since the epoch. */
export const time = (ms: number): Buffer => {
  const digits = new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(/[-:T]/g, '')
  const isShort = digits < '2050'
  return element(isShort ? 0x17 : 0x18, Buffer.from(isShort ? digits.slice(2) : digits, 'latin1'))
}

/**
 * How far an outgoing connection may reach. `public`: the internet alone. `private`: also networks of one's own (RFC 1918,
 * RFC 6598, fc00::/7). `loopback`: also this machine and addresses reserved for examples, which a sandbox is made of.
 */
export const REACHES = ['public', 'private', 'loopback'] as const
export type Reach = (typeof REACHES)[number]

/** What kind of place an address names. `metadata`: where a cloud hands out credentials; `special`: nothing anybody serves from. */
export const PLACES = ['public', 'private', 'loopback', 'link-local', 'metadata', 'special'] as const
export type Place = (typeof PLACES)[number]

type Bytes = readonly number[]
type Range = readonly [prefix: Bytes, bits: number, place: Place]

/** Instance, task and pod credentials, and their kind in other clouds. Refused whatever an environment says. */
const METADATA: readonly string[] = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.169.253',
  '169.254.169.123',
  '169.254.0.23',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::253',
  'fd00:ec2::123',
  'fd00:ec2::23',
  'fd20:ce::254',
]

const V4: readonly Range[] = [
  [[0], 8, 'special'],
  [[10], 8, 'private'],
  [[100, 64], 10, 'private'],
  [[127], 8, 'loopback'],
  [[169, 254], 16, 'link-local'],
  [[172, 16], 12, 'private'],
  [[192, 0, 0], 24, 'special'],
  [[192, 0, 2], 24, 'special'],
  [[192, 88, 99], 24, 'special'],
  [[192, 168], 16, 'private'],
  [[198, 18], 15, 'special'],
  [[198, 51, 100], 24, 'special'],
  [[203, 0, 113], 24, 'special'],
  [[224], 3, 'special'],
]

const V6: readonly Range[] = [
  [[0x01, 0x00, 0, 0, 0, 0, 0, 0], 64, 'special'],
  [[0x20, 0x01, 0x0d, 0xb8], 32, 'special'],
  [[0x20, 0x01, 0, 0x10], 28, 'special'],
  [[0x3f, 0xff], 20, 'special'],
  [[0x5f, 0x00], 16, 'special'],
  [[0xfc], 7, 'private'],
  [[0xfe, 0x80], 10, 'link-local'],
  [[0xfe, 0xc0], 10, 'special'],
  [[0xff], 8, 'special'],
]

/** Addresses that carry an IPv4 address: where it begins. Whoever relays them reaches that one. */
const CARRIERS: readonly (readonly [prefix: Bytes, bits: number, at: number])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96, 12],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], 96, 12],
  [[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12],
  [[0, 0x64, 0xff, 0x9b, 0, 1], 48, 12],
  [[0x20, 0x02], 16, 2],
]
const TEREDO: Bytes = [0x20, 0x01, 0, 0]

/** What kind of place a literal address names; undefined for text that is no IPv4 or IPv6 address. */
export function placeOf(address: string): Place | undefined {
  const bytes = bytesOf(address)
  return bytes === undefined ? undefined : placeOfBytes(bytes)
}

/** Why nothing may connect to an address from where only `reach` is allowed; undefined when it may. Text that is no address is refused. */
export function refusedAddress(address: string, reach: Reach): string | undefined {
  const place = placeOf(address)
  switch (place) {
    case undefined:
      return 'not an address'
    case 'public':
      return undefined
    case 'private':
      return reach === 'public' ? 'a private address' : undefined
    case 'loopback':
      return reach === 'loopback' ? undefined : 'an address of this machine'
    case 'link-local':
      return 'a link-local address'
    case 'metadata':
      return 'an address at which a cloud hands out credentials'
    case 'special':
      return reach === 'loopback' ? undefined : 'an address that nobody serves from'
  }
}

function placeOfBytes(bytes: Bytes): Place {
  if (
    METADATA_BYTES.some((known) => known.length === bytes.length && isWithin(bytes, known, known.length * 8))
  )
    return 'metadata'
  if (bytes.length === 4) return V4.find(([prefix, bits]) => isWithin(bytes, prefix, bits))?.[2] ?? 'public'
  const carried = carriedBy(bytes)
  if (carried !== undefined) return placeOfBytes(carried)
  if (bytes.slice(0, 15).every((byte) => byte === 0)) return bytes[15] === 1 ? 'loopback' : 'special'
  // IPv4-compatible addresses, long abolished; some stacks still connect to the address inside.
  if (bytes.slice(0, 12).every((byte) => byte === 0)) return placeOfBytes(bytes.slice(12))
  return V6.find(([prefix, bits]) => isWithin(bytes, prefix, bits))?.[2] ?? 'public'
}

function carriedBy(bytes: Bytes): Bytes | undefined {
  const carrier = CARRIERS.find(([prefix, bits]) => isWithin(bytes, prefix, bits))
  if (carrier !== undefined) return bytes.slice(carrier[2], carrier[2] + 4)
  return isWithin(bytes, TEREDO, 32) ? bytes.slice(12).map((byte) => byte ^ 0xff) : undefined
}

function isWithin(bytes: Bytes, prefix: Bytes, bits: number): boolean {
  return Array.from({ length: Math.ceil(bits / 8) }, (_, index) => index).every((index) => {
    const mask = (0xff << Math.max(0, 8 - (bits - index * 8))) & 0xff
    return ((bytes[index] ?? 0) & mask) === ((prefix[index] ?? 0) & mask)
  })
}

function bytesOf(address: string): Bytes | undefined {
  return address.includes(':') ? sixteenOf(address.split('%')[0] ?? '') : fourOf(address)
}

/** Four plain decimal numbers. Shorter, octal and hexadecimal forms are for the URL parser, which makes these of them. */
function fourOf(text: string): Bytes | undefined {
  if (!/^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/.test(text)) return undefined
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 255) ? bytes : undefined
}

function sixteenOf(text: string): Bytes | undefined {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const [before, after] = [groupsOf(head), tail === undefined ? [] : groupsOf(tail)]
  if (before === undefined || after === undefined) return undefined
  const missing = 16 - before.length - after.length
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined
  return [...before, ...Array.from({ length: missing }, () => 0), ...after]
}

function groupsOf(text: string): Bytes | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (/^[\da-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
      continue
    }
    const four = index === groups.length - 1 ? fourOf(group) : undefined
    if (four === undefined) return undefined
    bytes.push(...four)
  }
  return bytes
}

const METADATA_BYTES: readonly Bytes[] = METADATA.flatMap((address) => {
  const bytes = bytesOf(address)
  return bytes === undefined ? [] : [bytes]
})

/**
 * An adaptive binary range coder: bits that can be foretold cost next to nothing. Every bit is coded with the chance that
 * its model has learned so far, at two speeds of learning whose mean is taken. Pure, and exact by construction: decoder
 * and encoder go through the same states.
 */

const TOP = 2 ** 24
const HALF = 2 ** 15
const FAST = 4
const SLOW = 7

/** Chances of a set of bits, each learned at two speeds. */
class Chances {
  readonly #cells: Uint16Array

  constructor(bits: number) {
    this.#cells = new Uint16Array(2 * bits).fill(HALF)
  }

  /** Of 65,536, how often bit `at` was 0. Never 0 and never all. */
  of(at: number): number {
    return ((this.#cells[2 * at] ?? HALF) + (this.#cells[2 * at + 1] ?? HALF)) >>> 1
  }

  learn(at: number, bit: number): void {
    const cells = this.#cells
    const fast = cells[2 * at] ?? HALF
    const slow = cells[2 * at + 1] ?? HALF
    if (bit === 0) {
      cells[2 * at] = fast + ((65_536 - fast) >> FAST)
      cells[2 * at + 1] = slow + ((65_536 - slow) >> SLOW)
    } else {
      cells[2 * at] = fast - (fast >> FAST)
      cells[2 * at + 1] = slow - (slow >> SLOW)
    }
  }
}

/** Codes one bit: an encoder writes `bit` and answers it, a decoder ignores it and answers what it reads. */
export type BitCoder = Readonly<{
  code(chances: Chances, at: number, bit: number): number
  /** So many bits, at most {@link RAW_MAX}, that cannot be foretold. */
  raw(bits: number, value: number): number
}>

/** Writes bits; `bytes` ends it. */
export function rangeEncoder(): BitCoder & Readonly<{ bytes: () => Uint8Array }> {
  const out: number[] = []
  let low = 0
  let range = 0xffff_ffff
  let cache = 0
  let pending = 0
  let isFirst = true
  const shift = () => {
    if (low < 0xff00_0000 || low >= 2 ** 32) {
      const carry = low >= 2 ** 32 ? 1 : 0
      // The very first byte is always zero, and is left out.
      if (!isFirst) out.push((cache + carry) & 0xff)
      isFirst = false
      for (; pending > 0; pending--) out.push((0xff + carry) & 0xff)
      cache = Math.floor(low / TOP) & 0xff
    } else {
      pending++
    }
    low = (low % TOP) * 256
  }
  const narrowed = () => {
    while (range < TOP) {
      range = (range * 256) >>> 0
      shift()
    }
  }
  return {
    code: (chances, at, bit) => {
      const bound = (range >>> 16) * chances.of(at)
      if (bit === 0) {
        range = bound
      } else {
        low += bound
        range -= bound
      }
      chances.learn(at, bit)
      narrowed()
      return bit
    },
    raw: (bits, value) => {
      range >>>= bits
      low += value * range
      narrowed()
      return value
    },
    bytes: () => {
      for (let i = 0; i < 5; i++) shift()
      let length = out.length
      // A reader takes zeros for what is beyond the end.
      while (length > 0 && out[length - 1] === 0) length--
      return Uint8Array.from(out.slice(0, length))
    },
  }
}

/** Reads what an encoder wrote, from `at` on. */
export function rangeDecoder(bytes: Uint8Array, at: number): BitCoder {
  return new RangeDecoder(bytes, at)
}

/** A class, and not closures as the encoder: an hour of samples is a quarter of a million bits, read while somebody waits. */
class RangeDecoder implements BitCoder {
  readonly #bytes: Uint8Array
  #position: number
  #range = 0xffff_ffff
  #code = 0

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#position = at
    for (let i = 0; i < 4; i++) this.#pull()
  }

  code(chances: Chances, index: number): number {
    const bound = (this.#range >>> 16) * chances.of(index)
    const bit = this.#code < bound ? 0 : 1
    if (bit === 0) {
      this.#range = bound
    } else {
      this.#code -= bound
      this.#range -= bound
    }
    chances.learn(index, bit)
    if (this.#range < TOP) this.#widen()
    return bit
  }

  raw(bits: number): number {
    this.#range >>>= bits
    const value = Math.min(Math.floor(this.#code / this.#range), 2 ** bits - 1)
    this.#code -= value * this.#range
    if (this.#range < TOP) this.#widen()
    return value
  }

  #widen(): void {
    while (this.#range < TOP) {
      this.#range = (this.#range << 8) >>> 0
      this.#pull()
    }
  }

  #pull(): void {
    const at = this.#position++
    // A reader takes zeros for what is beyond the end.
    const byte = at < this.#bytes.length ? (this.#bytes[at] ?? 0) : 0
    this.#code = ((this.#code << 8) | byte) >>> 0
  }
}

/** Most bits that are coded at once without being learned: the range is never narrower than 24. */
const RAW_MAX = 16
const SIZE_BITS = 6
/** This many bits below the leading one are learned; those below them are noise. */
const LEARNED = 3

/** A column of whole numbers up to 2^53: the size of each in bits and its leading bits are learned. */
export class NumberColumn {
  readonly #sign = new Chances(1)
  readonly #size = new Chances(2 ** SIZE_BITS)
  readonly #leading = new Chances(2 ** (SIZE_BITS + LEARNED))

  /** A number of either sign. */
  signed(coder: BitCoder, value: number): number {
    const magnitude = this.whole(coder, Math.abs(value))
    if (magnitude === 0) return 0
    return coder.code(this.#sign, 0, value < 0 ? 1 : 0) === 1 ? -magnitude : magnitude
  }

  /** A number that is not negative. */
  whole(coder: BitCoder, value: number): number {
    const size = codeTree(coder, this.#size, SIZE_BITS, bitLength(value))
    if (size < 2) return size
    const learned = Math.min(LEARNED, size - 1)
    let below = size - 1 - learned
    const top = Math.floor(value / 2 ** below)
    let read = 1
    for (let left = learned - 1; left >= 0; left--) {
      const at = (size << LEARNED) + read
      read = 2 * read + coder.code(this.#leading, at, (top >> left) & 1)
    }
    let rest = value - top * 2 ** below
    while (below > 0) {
      const bits = Math.min(RAW_MAX, below)
      below -= bits
      const block = Math.floor(rest / 2 ** below)
      rest -= block * 2 ** below
      read = read * 2 ** bits + coder.raw(bits, block)
    }
    return read
  }
}

/** A column of few words, each given by its index below 2^bits. */
export class ChoiceColumn {
  readonly #chances: Chances
  readonly #bits: number

  constructor(bits: number) {
    this.#bits = bits
    this.#chances = new Chances(2 ** bits)
  }

  choice(coder: BitCoder, index: number): number {
    return codeTree(coder, this.#chances, this.#bits, index)
  }
}

function codeTree(coder: BitCoder, chances: Chances, bits: number, value: number): number {
  let node = 1
  for (let below = bits - 1; below >= 0; below--)
    node = 2 * node + coder.code(chances, node, (value >> below) & 1)
  return node - (1 << bits)
}

function bitLength(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32))
}

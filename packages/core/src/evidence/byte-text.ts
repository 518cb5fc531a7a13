/** Writes whole numbers and text as bytes: seven bits a byte, the lowest first. */
export class ByteWriter {
  readonly #bytes: number[] = []
  readonly #encoder = new TextEncoder()

  number(value: number): this {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no whole number`)
    let rest = value
    while (rest >= 128) {
      this.#bytes.push((rest % 128) + 128)
      rest = Math.floor(rest / 128)
    }
    this.#bytes.push(rest)
    return this
  }

  text(text: string): this {
    return this.block(this.#encoder.encode(text))
  }

  block(bytes: Uint8Array): this {
    this.number(bytes.byteLength)
    return this.rest(bytes)
  }

  rest(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

/** Reads what a {@link ByteWriter} wrote. @throws RangeError when the bytes end too soon. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get at(): number {
    return this.#at
  }

  number(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined || factor > 2 ** 49)
        throw new RangeError('the bytes end in the middle of a number')
      value += (byte % 128) * factor
      if (byte < 128) return value
    }
  }

  text(): string {
    return this.#decoder.decode(this.block())
  }

  block(): Uint8Array {
    const length = this.number()
    if (this.#at + length > this.#bytes.byteLength) throw new RangeError('the bytes end too soon')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}

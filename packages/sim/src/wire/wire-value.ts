/**
 * An instant in an answer. Kept apart from numbers because each protocol writes it in its own way: epoch seconds
 * with a fraction in JSON, ISO 8601 in XML. The unit is integer microseconds of world time.
 */
export class WireTime {
  readonly micros: number
  constructor(micros: number) {
    this.micros = micros
  }

  /** ISO 8601 in UTC with milliseconds, as the XML protocols write it. */
  toIso(): string {
    return new Date(Math.floor(this.micros / 1000)).toISOString()
  }

  /** Epoch seconds with a millisecond fraction, as the JSON protocols write it. */
  toEpochSeconds(): number {
    return Math.floor(this.micros / 1000) / 1000
  }
}

/** A map with keys of the caller's choosing, which XML writes as entries of key and value. */
export class WireMap {
  readonly entries: Readonly<Record<string, WireValue>>
  constructor(entries: Readonly<Record<string, WireValue>>) {
    this.entries = entries
  }
}

/**
 * A structure that is part of many answers and never changes. Its XML is made once, for the one service that it belongs
 * to; it goes when its owner lets go of this.
 */
export class WireRow {
  readonly content: WireStructure
  #xml: string | undefined
  constructor(content: WireStructure) {
    this.content = content
  }

  /** The XML of the content; `write` is only called for the first answer. */
  toXml(write: (content: WireStructure) => string): string {
    this.#xml ??= write(this.content)
    return this.#xml
  }
}

/** What an operation answers: a tree that every codec can write. `undefined` members are left out. */
export type WireValue =
  | string
  | number
  | boolean
  | WireTime
  | WireMap
  | WireRow
  | undefined
  | readonly WireValue[]
  | { readonly [member: string]: WireValue }

/** The answer of an operation is always a structure, never a bare value. */
export type WireStructure = { readonly [member: string]: WireValue }

/** What arrives: strings from forms and XML, JSON values from JSON bodies. Operations parse it before they use it. */
export type WireInput = Readonly<Record<string, unknown>>

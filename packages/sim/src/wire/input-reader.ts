import type { AwsFault } from './aws-fault.ts'
import type { WireInput } from './wire-value.ts'

/** Makes the error a service answers with when a member is missing or of the wrong kind. */
export type InputFaults = {
  readonly missing: (member: string) => AwsFault
  readonly invalid: (member: string, value: unknown) => AwsFault
}

/**
 * Reads the members of one input structure. Forms and XML bring strings where JSON brings numbers and booleans; the
 * reader takes both and refuses everything else with the service's own error.
 */
export class InputReader {
  readonly #input: WireInput
  readonly #faults: InputFaults

  constructor(input: WireInput, faults: InputFaults) {
    this.#input = input
    this.#faults = faults
  }

  has(member: string): boolean {
    const value = this.#input[member]
    return value !== undefined && value !== null
  }

  /** A string member; `undefined` if it is absent. */
  text(member: string): string | undefined {
    const value = this.#input[member]
    if (value === undefined || value === null) return undefined
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'boolean') return String(value)
    throw this.#faults.invalid(member, value)
  }

  requiredText(member: string): string {
    const value = this.text(member)
    if (value === undefined || value === '') throw this.#faults.missing(member)
    return value
  }

  /** A string out of a closed set. */
  choice<T extends string>(member: string, choices: readonly T[]): T | undefined {
    const value = this.text(member)
    if (value === undefined) return undefined
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw this.#faults.invalid(member, value)
    return choice
  }

  number(member: string): number | undefined {
    const text = this.text(member)
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) throw this.#faults.invalid(member, text)
    return value
  }

  /** A whole number within bounds. */
  integer(member: string, low = Number.MIN_SAFE_INTEGER, high = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.number(member)
    if (value === undefined) return undefined
    if (!Number.isInteger(value) || value < low || value > high) throw this.#faults.invalid(member, value)
    return value
  }

  requiredNumber(member: string): number {
    const value = this.number(member)
    if (value === undefined) throw this.#faults.missing(member)
    return value
  }

  flag(member: string): boolean | undefined {
    const value = this.text(member)
    if (value === undefined) return undefined
    if (value !== 'true' && value !== 'false') throw this.#faults.invalid(member, value)
    return value === 'true'
  }

  /** An instant in microseconds: epoch seconds in JSON, ISO 8601 in forms and XML. */
  time(member: string): number | undefined {
    const value = this.#input[member]
    if (value === undefined || value === null) return undefined
    const millis = typeof value === 'number' ? value * 1000 : Date.parse(this.requiredText(member))
    if (!Number.isFinite(millis)) throw this.#faults.invalid(member, value)
    return Math.round(millis) * 1000
  }

  requiredTime(member: string): number {
    const value = this.time(member)
    if (value === undefined) throw this.#faults.missing(member)
    return value
  }

  /** A list of strings; empty if absent. A single value is taken for a list of one. */
  texts(member: string): readonly string[] {
    return this.#items(member).map((item) => {
      if (typeof item === 'string') return item
      if (typeof item === 'number' || typeof item === 'boolean') return String(item)
      throw this.#faults.invalid(member, item)
    })
  }

  numbers(member: string): readonly number[] {
    return this.#items(member).map((item) => {
      const value = Number(item)
      if (Number.isNaN(value) && item !== 'NaN') throw this.#faults.invalid(member, item)
      return value
    })
  }

  /** A list of structures; empty if absent. */
  structures(member: string): readonly InputReader[] {
    return this.#items(member).map((item) => this.#nested(member, item))
  }

  structure(member: string): InputReader | undefined {
    return this.has(member) ? this.#nested(member, this.#input[member]) : undefined
  }

  requiredStructure(member: string): InputReader {
    const value = this.structure(member)
    if (value === undefined) throw this.#faults.missing(member)
    return value
  }

  #items(member: string): readonly unknown[] {
    const value = this.#input[member]
    if (value === undefined || value === null || value === '') return []
    return Array.isArray(value) ? value : [value]
  }

  #nested(member: string, item: unknown): InputReader {
    // An empty structure arrives as an empty string in XML and forms.
    if (item === '') return new InputReader({}, this.#faults)
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      throw this.#faults.invalid(member, item)
    return new InputReader(item as WireInput, this.#faults)
  }
}

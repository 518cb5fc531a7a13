import { createHash } from 'node:crypto'
import type { Table } from '../../world/store.ts'
import type { World } from '../../world/world.ts'
import type { WireInput } from '../../wire/wire-value.ts'
import { conflict } from './fis-faults.ts'

type TokenRow = { readonly bodyHash: string; readonly id: string }

/** Remembers which token made what, so that a repeated create or start answers with the first one's result. */
export class ClientTokens {
  readonly #rows: Table<TokenRow>

  constructor(world: World) {
    this.#rows = world.kernel.store.table('fis-client-tokens')
  }

  /**
   * The id that an earlier call with this token and the same body made, or `undefined`.
   * @throws AwsFault `ConflictException` if the token came with another body.
   */
  find(scope: string, token: string | undefined, input: WireInput): string | undefined {
    const row = token === undefined ? undefined : this.#rows.get(`${scope}|${token}`)
    if (row === undefined) return undefined
    if (row.bodyHash !== hashOf(input)) {
      throw conflict(`The client token ${token} was already used with a different request.`)
    }
    return row.id
  }

  remember(scope: string, token: string | undefined, input: WireInput, id: string): void {
    if (token !== undefined) this.#rows.put(`${scope}|${token}`, { bodyHash: hashOf(input), id })
  }
}

function hashOf(input: WireInput): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(input)))
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, content]) => [key, sorted(content)]))
}

import type { AuditContext } from '@firedrill/core'
import { Pool, type PoolClient, type PoolConfig } from 'pg'

type Done = (release?: boolean | Error) => void
type Connected = (error: Error | undefined, client: PoolClient | undefined, done: Done) => void

/**
 * A pool whose connections know on whose behalf they write: each is told before it is lent, and told again when that changes. The
 * triggers of the audit read it. A connection that cannot be told is not lent.
 */
export class AuditedPool extends Pool {
  readonly #context: () => AuditContext | undefined
  readonly #told = new WeakMap<PoolClient, string>()

  constructor(config: PoolConfig, context: () => AuditContext | undefined) {
    super(config)
    this.#context = context
  }

  override connect(): Promise<PoolClient>
  override connect(callback: Connected): void
  override connect(callback?: Connected): Promise<PoolClient> | undefined {
    const wanted = JSON.stringify(this.#context() ?? '')
    if (callback === undefined)
      return super.connect().then(async (client) => {
        try {
          await this.#tell(client, wanted)
          return client
        } catch (error) {
          client.release(true)
          throw error
        }
      })
    super.connect((error, client, done) => {
      if (client === undefined || this.#knows(client, wanted)) return callback(error, client, done)
      client.query(TELL, [settingOf(wanted)], (failure: Error | null) => {
        if (failure === null || failure === undefined) {
          this.#told.set(client, wanted)
          return callback(undefined, client, done)
        }
        done(true)
        return callback(failure, undefined, () => undefined)
      })
    })
    return undefined
  }

  #knows(client: PoolClient, wanted: string): boolean {
    return (this.#told.get(client) ?? NOBODY) === wanted
  }

  async #tell(client: PoolClient, wanted: string): Promise<void> {
    if (this.#knows(client, wanted)) return
    await client.query(TELL, [settingOf(wanted)])
    this.#told.set(client, wanted)
  }
}

const NOBODY = '""'
const TELL = "SELECT set_config('firedrill.audit', $1, false)"

function settingOf(wanted: string): string {
  return wanted === NOBODY ? '' : wanted
}

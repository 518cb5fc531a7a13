import type { Kernel } from './kernel.ts'
import type { LoadBalancer, Micros } from './model.ts'
import type { Table } from './store.ts'

/** States of a zonal shift, by ARC's names. */
export const SHIFT_STATES = ['ACTIVE', 'EXPIRED', 'CANCELED'] as const
/** One of those states. */
export type ShiftState = (typeof SHIFT_STATES)[number]

/** Traffic that is kept away from one zone of a balancer until it expires or is cancelled. */
export type ZonalShift = {
  readonly id: string
  readonly region: string
  readonly balancerArn: string
  /** The zone's name and its id. */
  readonly az: string
  readonly azId: string
  readonly comment: string
  readonly startedAt: Micros
  readonly expiresAt: Micros
  readonly state: ShiftState
}

/** Zonal shifts: of each balancer at most one is in force. Balancers ask here what to leave out. */
export class ZonalShifts {
  readonly rows: Table<ZonalShift>
  readonly #kernel: Kernel
  readonly #listeners: ((shift: ZonalShift) => void)[] = []

  constructor(kernel: Kernel) {
    this.#kernel = kernel
    this.rows = kernel.store.table('zonal-shifts')
    kernel.on<{ id: string }>('zonal-shift.expire', ({ id }) => {
      const row = this.rows.get(id)
      if (row?.state === 'ACTIVE' && row.expiresAt <= kernel.now()) this.#end(row, 'EXPIRED', 'it expired')
    })
  }

  /** Calls `listener` with every shift that has come into force or has ended. */
  onChange(listener: (shift: ZonalShift) => void): void {
    this.#listeners.push(listener)
  }

  /** The shift that is in force for a balancer, if any. */
  activeOf({ arn }: Pick<LoadBalancer, 'arn'>): ZonalShift | undefined {
    if (this.rows.size === 0) return undefined
    for (const row of this.rows.values()) if (row.balancerArn === arn && row.state === 'ACTIVE') return row
    return undefined
  }

  /** Puts a shift into force. The caller has checked that there is none. */
  start(about: Omit<ZonalShift, 'id' | 'startedAt' | 'state'>, cause: string): ZonalShift {
    const hex = this.#kernel.hex('zonal-shift', 32)
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    const row: ZonalShift = { ...about, id, startedAt: this.#kernel.now(), state: 'ACTIVE' }
    this.#put(row, 'none', cause)
    return row
  }

  /** Ends a shift before its time. */
  cancel(row: ZonalShift, cause: string): ZonalShift {
    return this.#end(row, 'CANCELED', cause)
  }

  #end(row: ZonalShift, state: ShiftState, cause: string): ZonalShift {
    const ended = { ...row, state }
    this.#put(ended, row.state, cause)
    return ended
  }

  #put(row: ZonalShift, before: string, cause: string): void {
    this.rows.put(row.id, row)
    this.#kernel.transition(`zonal-shift:${row.id}`, before, row.state, cause)
    if (row.state === 'ACTIVE') this.#kernel.schedule(row.expiresAt, 'zonal-shift.expire', { id: row.id })
    for (const listener of this.#listeners) listener(row)
  }
}

import type { Micros } from './model.ts'
import type { DataStore, Replica, Stranding, Write } from './store-model.ts'

/** An acknowledged write from outside, as the witness lists it. */
export interface WitnessedWrite {
  readonly key: string
  readonly at: Micros
  readonly region: string
  readonly isLost: boolean
}

/** The truth about a store's writes. Counts include those that users made. */
export interface StoreLosses {
  readonly store: string
  readonly writer: string
  readonly acknowledged: number
  readonly lost: number
  /** From the first to the last acknowledgement among the lost. */
  readonly lostFrom: Micros | null
  readonly lostTo: Micros | null
  readonly strandings: readonly Stranding[]
  readonly replicas: readonly {
    readonly region: string
    readonly isPaused: boolean
    /** Acknowledged writes that have not arrived. */
    readonly backlog: number
    /** Since when the oldest of them has been waiting. */
    readonly behindSince: Micros | null
  }[]
  /** Every write that came in from outside. */
  readonly writes: readonly WitnessedWrite[]
}

/** Sums up what was acknowledged, what is lost, and how far each copy is behind. */
export const lossesOf = (state: {
  readonly store: DataStore
  readonly writes: readonly Write[]
  readonly replicas: readonly Replica[]
  readonly strandings: readonly Stranding[]
  readonly lost: ReadonlySet<number>
}): StoreLosses => {
  const { store, writes, replicas, strandings, lost } = state
  const gone = writes.filter(({ seq }) => lost.has(seq))
  return {
    store: store.name,
    writer: store.writer,
    acknowledged: countOf(writes),
    lost: countOf(gone),
    lostFrom: gone[0]?.at ?? null,
    lostTo: gone.at(-1)?.at ?? null,
    strandings,
    replicas: replicas.map(({ region, isPaused, applied }) => {
      const waiting = writes.filter(({ seq }) => seq > applied)
      return { region, isPaused, backlog: countOf(waiting), behindSince: waiting[0]?.at ?? null }
    }),
    writes: writes.flatMap(({ seq, key, at, region }) =>
      key === null ? [] : [{ key, at, region, isLost: lost.has(seq) }],
    ),
  }
}

const countOf = (writes: readonly Write[]): number => writes.reduce((sum, { count }) => sum + count, 0)

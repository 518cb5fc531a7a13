import { isEnd, isProbed, recoveryFrom, type RunState, type Status } from '@firedrill/core'

/** The columns of a run that queries read, derived from its folded state whenever the state changes. */
export type Projection = Readonly<{
  status: Status
  is_over: boolean
  is_probed: boolean
  abort_requested: boolean
  recovering_at: number | null
}>

/** Derives the columns. SQL knows no status by name. */
export function projectionOf(state: RunState): Projection {
  return {
    status: state.status,
    is_over: isEnd(state.status),
    is_probed: isProbed(state),
    abort_requested: state.abort !== undefined,
    recovering_at: recoveryFrom(state) ?? null,
  }
}

import type { CompiledEnvironment } from '../environment/environment.ts'
import type { CompiledScenario, InjectStep } from '../scenario/scenario.ts'
import type { PlatformInstant, WorldInstant } from '../time/instant.ts'
import type { RecoverReason, RunEventBody } from './events.ts'
import type { RunState } from './state.ts'
import type { Status } from './status.ts'

/** The one thing to do next for a run. */
export type Command =
  | Readonly<{ do: 'end' }>
  /** Nothing before this world instant; undefined: until somebody or something wakes the run. */
  | Readonly<{
      do: 'wait'
      until?: WorldInstant
      /** Look again after this long in platform time, whatever `until` says. */ pollMs?: number
      why: string
    }>
  /**
   * Nothing before this world instant, because a call failed: the limits of a cloud live in its own time. `at`: or this
   * platform instant, at which a person is called again.
   */
  | Readonly<{ do: 'back-off'; until: WorldInstant; at?: PlatformInstant }>
  | Readonly<{ do: 'record'; events: readonly RunEventBody[] }>
  | Readonly<{ do: 'plan' }>
  | Readonly<{ do: 'check-guardrails' }>
  | Readonly<{ do: 'check-steady-state' }>
  | Readonly<{ do: 'prepare-undo'; step: InjectStep }>
  | Readonly<{ do: 'inject'; step: InjectStep }>
  | Readonly<{ do: 'confirm-injection'; step: InjectStep }>
  /** Calls off the scheduler of the cloud that would have taken a step's fault out. */
  | Readonly<{ do: 'release-dead-man'; step: string }>
  | Readonly<{ do: 'watch' }>
  | Readonly<{ do: 'recover'; step: string; reason: RecoverReason }>
  | Readonly<{ do: 'confirm-recovery'; step: string }>
  /** Calls a person; `page` counts the calls of the run from 1. */
  | Readonly<{ do: 'page'; page: number; why: string }>
  | Readonly<{ do: 'measure'; provisional: boolean }>

/** What `next` may look at besides the state. */
export type NextContext = Readonly<{
  scenario: CompiledScenario
  environment: CompiledEnvironment
  now: PlatformInstant
  worldNow: WorldInstant
  /** How long after a call for a person the next one is made. Platform time. Absent: `PAGE_EVERY_MS`. */
  pageEveryMs?: number | undefined
}>

/** Moves the run on to another status. */
export function goto(state: RunState, to: Status, why: string): Command {
  return { do: 'record', events: [{ type: 'status-changed', data: { from: state.status, to, why } }] }
}

import {
  AppError,
  type ClockStore,
  type CompiledEnvironment,
  type EnvironmentClock,
  type RunStore,
} from '@firedrill/core'
import type { LockstepClock } from '../time/lockstep-clock.ts'
import { hostNow } from '../time/system-clock.ts'
import type { WorldClocks } from './world-clocks.ts'

/** The clocks of environments whose world moves in lockstep with this process. */
export type LockstepClocks = WorldClocks &
  Readonly<{
    /** Stores where the world is by now for every environment that was asked about; nothing when it has not moved. */
    refresh(): Promise<void>
  }>

type Asked = { teamId: string; name: string; held: EnvironmentClock }

/**
 * World clocks of a process that shares a simulator's time. They need no polling: the world moves only when this process,
 * too, has nothing left to do. `control` is the time keeper's URL.
 */
export function createLockstepClocks(
  options: Readonly<{ store: ClockStore; member: Pick<LockstepClock, 'worldNow'>; control: string }>,
): LockstepClocks {
  const { store, member, control } = options
  const asked = new Map<string, Asked>()

  const put = async (teamId: string, name: string): Promise<EnvironmentClock> => {
    const clock = { anchorPlatform: hostNow(), anchorWorld: member.worldNow(), rate: 0 }
    const held = await store.put(teamId, name, clock)
    asked.set(`${teamId}\n${name}`, { teamId, name, held })
    return held
  }

  return {
    of: async (teamId, environment) => {
      mustBeOurs(environment, control)
      const known = asked.get(`${teamId}\n${environment.name}`)
      return known !== undefined && known.held.anchorWorld >= member.worldNow()
        ? known.held
        : await put(teamId, environment.name)
    },
    refresh: async () => {
      for (const { teamId, name, held } of asked.values())
        if (held.anchorWorld < member.worldNow()) await put(teamId, name)
    },
    stale: () => [],
    stop: () => Promise.resolve(),
  }
}

/** A `RunStore` whose stamps are true in a world that jumps: what the database knows of it is brought up to date first. */
export function keepingTime(runs: RunStore, clocks: Pick<LockstepClocks, 'refresh'>): RunStore {
  return {
    ...runs,
    claim: async (...args) => {
      await clocks.refresh()
      return runs.claim(...args)
    },
    guard: async (...args) => {
      await clocks.refresh()
      return runs.guard(...args)
    },
    append: async (...args) => {
      await clocks.refresh()
      return runs.append(...args)
    },
  }
}

function mustBeOurs({ name, clock }: Pick<CompiledEnvironment, 'name' | 'clock'>, control: string): void {
  if (clock.source === 'simulator' && new URL(clock.url).host === new URL(control).host) return
  throw new AppError(
    'config-invalid',
    `Environment ${name} does not live in the lockstep world at ${control}. Give it workers of its own, without FIREDRILL_LOCKSTEP.`,
  )
}

import { wallErrorMs } from './shifted-clock.ts'
import { createAwsClients, createFaultCatalogue } from '@firedrill/aws'
import { platformInstant, type FaultDriver } from '@firedrill/core'
import type { Worker } from '@firedrill/worker'

/**
 * What may be taken from a worker, for the arms that must fail:
 * - `forgetful`: never asks the target what became of an earlier attempt, and acts under a new key each time;
 * - `unguarded`: is told that its hold is good whatever the database says, and its calls have no end;
 * - `impatient`: sends each request once, and takes three attempts at an undo for enough;
 * - `unreconciled`: never looks for forgotten runs, so that it lives by the queue alone;
 * - `own-clock`: tells the time of the world by its own wall clock.
 */
export const WEAKNESSES = ['forgetful', 'unguarded', 'impatient', 'unreconciled', 'own-clock'] as const
export type Weakness = (typeof WEAKNESSES)[number]

const LONG_LEASE_MS = 1_000_000

/** The ports of a worker without one of its protections. */
export function weakened(ports: Worker['ports'], weakness: Weakness): Worker['ports'] {
  switch (weakness) {
    case 'forgetful':
      return withDrivers(ports, forgetful)
    case 'unguarded':
      return {
        ...withDrivers(ports, endless),
        runs: {
          ...ports.runs,
          guard: async (...asked) => ({
            ...(await ports.runs.guard(...asked)),
            epochHolds: true,
            leaseLeftMs: LONG_LEASE_MS,
            halted: false,
            abortRequested: false,
          }),
        },
      }
    case 'impatient':
      return withDrivers({ ...ports, faults: createFaultCatalogue(createAwsClients()) }, impatient)
    case 'unreconciled':
      return { ...ports, runs: { ...ports.runs, due: async () => [] } }
    case 'own-clock':
      return {
        ...ports,
        clockOf: async (...asked) => {
          const clock = await ports.clockOf(...asked)
          return { ...clock, anchorPlatform: platformInstant(clock.anchorPlatform - wallErrorMs() * 1000) }
        },
      }
  }
}

function withDrivers(ports: Worker['ports'], change: (driver: FaultDriver) => FaultDriver): Worker['ports'] {
  const { faults } = ports
  return {
    ...ports,
    faults: {
      list: faults.list,
      get: (name) => {
        const driver = faults.get(name)
        return driver === undefined ? undefined : change(driver)
      },
    },
  }
}

let attempts = 0
const ATTEMPTS_MAX = 3
const undone = new Map<string, number>()

function impatient(driver: FaultDriver): FaultDriver {
  const { together: _, ...alone } = driver
  return {
    ...alone,
    recover: (undo, context) => {
      const tried = (undone.get(undo.key) ?? 0) + 1
      undone.set(undo.key, tried)
      return tried <= ATTEMPTS_MAX
        ? driver.recover(undo, context)
        : Promise.resolve({ ok: true, value: { requestIds: [] } })
    },
  }
}

function forgetful(driver: FaultDriver): FaultDriver {
  return {
    ...driver,
    apply: (step, plan, key, context) =>
      driver.apply(step, plan, `${process.pid}-${++attempts}-${key}`.slice(0, 40), context),
    confirm: async (undo, context) => {
      const seen = await driver.confirm(undo, context)
      if (!seen.ok || undo.handle !== undefined) return seen
      const observations = seen.value.observations.map(
        (one) => ({ ...one, injection: 'failed-to-inject' }) as const,
      )
      return { ok: true, value: { observations } }
    },
  }
}

function endless(driver: FaultDriver): FaultDriver {
  return {
    ...driver,
    apply: (step, plan, key, context) =>
      driver.apply(step, plan, key, { ...context, signal: new AbortController().signal }),
  }
}

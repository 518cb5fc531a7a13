import {
  isEnd,
  isRecovery,
  plusMs,
  worldInstant,
  type Actor,
  type HintQueue,
  type RunId,
  type RunState,
} from '@firedrill/core'
import { createAdvance, type Advanced } from '../advance.ts'
import type { EnginePorts } from '../ports.ts'
import { breakZone, cleanUpLab, type LabOptions } from './clean-up-lab.ts'

/** What becomes of a worker at one of its calls to the outside. */
export type Fate = Readonly<{
  /** The n-th call, counted from 1; undefined: none. */
  call?: number
  /** By its name, e.g. `crash inject:break:after-act` or `apply`; the first of that name. */
  name?: string
  /** `before`: the call is never made. `after`: it is, and nobody learns what came of it. `pause`: it is made late. */
  what: 'before' | 'after' | 'pause'
}>

/** A worker that does not outlive its fate: from then on none of its calls is made, as with a process that was killed. */
export type MortalWorker = Readonly<{
  /** Settles like `advance`, or with `gone` once the worker is dead or paused. */
  serve(runId: RunId, role: HintQueue): Promise<Advanced | 'gone'>
  isGone(): boolean
  /** Every call so far, by name. */
  calls: readonly string[]
  /** Wakes a paused worker: its calls go on where they stood. Settles with what came of the hint it was serving. */
  wake(): Promise<Advanced | 'threw'>
}>

/** How to weaken a worker, for the control arms. */
export type Weakness = Readonly<{
  /** The guard always says yes, and calls do not look whether they were told to end. */
  isUnguarded?: boolean
}>

const LONG_LEASE_MS = 1_000_000

/** A worker over the ports of a lab. */
export function mortalWorker(
  ports: EnginePorts,
  id: string,
  fate?: Fate,
  weakness: Weakness = {},
): MortalWorker {
  const actor: Actor = { kind: 'worker', id, name: id }
  const calls: string[] = []
  const gone = Promise.withResolvers<'gone'>()
  const woken = Promise.withResolvers<undefined>()
  const life = { state: 'alive' as 'alive' | 'paused' | 'dead' }
  const isDead = () => life.state === 'dead'
  let serving: Promise<Advanced> | undefined

  const leave = (how: 'paused' | 'dead') => {
    life.state = how
    gone.resolve('gone')
  }
  const never = new Promise<never>(() => undefined)
  const meets = (name: string) =>
    fate !== undefined &&
    life.state === 'alive' &&
    (fate.call === calls.length || (fate.name === name && !calls.slice(0, -1).includes(name)))

  const through = async (name: string, make: () => unknown): Promise<unknown> => {
    if (life.state === 'paused') await woken.promise
    if (isDead()) return never
    calls.push(name)
    const isMet = meets(name)
    if (isMet && fate?.what === 'before') {
      leave('dead')
      return never
    }
    if (isMet && fate?.what === 'pause') {
      leave('paused')
      await woken.promise
    }
    const answer = await make()
    if (isMet && fate?.what === 'after') leave('dead')
    if (life.state === 'paused') await woken.promise
    return isDead() ? never : answer
  }

  const wrap = <T extends object>(port: T, prefix: string): T =>
    new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key)
        if (typeof value !== 'function') return value
        return (...args: readonly unknown[]) =>
          through(`${prefix}${String(key)}`, () => {
            const context = args.at(-1) as { signal?: AbortSignal } | undefined
            // As the SDK does: a request whose signal has ended is not sent.
            if (prefix === '' && context?.signal?.aborted === true && weakness.isUnguarded !== true)
              return {
                ok: false,
                failure: { kind: 'ambiguous', operation: String(key), code: 'Aborted', message: 'ended' },
              }
            return (value as (...all: readonly unknown[]) => unknown)(...args)
          })
      },
    })

  const runs = wrap(ports.runs, 'runs.')
  const own: EnginePorts = {
    ...ports,
    actor,
    crash: (name) => through(`crash ${name}`, () => undefined) as Promise<void>,
    runs:
      weakness.isUnguarded === true
        ? {
            ...runs,
            guard: async (...asked) => ({
              ...(await runs.guard(...asked)),
              epochHolds: true,
              leaseLeftMs: LONG_LEASE_MS,
              halted: false,
              abortRequested: false,
            }),
          }
        : runs,
    undo: wrap(ports.undo, 'undo.'),
    definitions: wrap(ports.definitions, 'definitions.'),
    samples: wrap(ports.samples, 'samples.'),
    halt: wrap(ports.halt, 'halt.'),
    identity: wrap(ports.identity, 'identity.'),
    metrics: wrap(ports.metrics, 'metrics.'),
    hints: wrap(ports.hints, 'hints.'),
    evidence: wrap(ports.evidence, 'evidence.'),
    faults: {
      list: ports.faults.list,
      get: (name) => {
        const driver = ports.faults.get(name)
        if (driver === undefined) return undefined
        const { plan, apply, confirm, recover, confirmRecovered } = wrap(driver, '')
        return { ...driver, plan, apply, confirm, recover, confirmRecovered }
      },
    },
  }
  const advance = createAdvance(own)
  return {
    calls,
    isGone: () => life.state !== 'alive',
    serve: (runId, role) => {
      const working = advance(runId, role, new AbortController().signal)
      serving = working
      working.catch(() => undefined)
      return Promise.race([working, gone.promise])
    },
    wake: async () => {
      life.state = 'alive'
      woken.resolve(undefined)
      return serving === undefined ? 'threw' : serving.catch(() => 'threw' as const)
    },
  }
}

/** A short drill in a lab whose fault forgives nothing: putting it in twice breaks things twice. */
export function harshLab(options: LabOptions = {}) {
  const lab: ReturnType<typeof cleanUpLab> = cleanUpLab({
    ...options,
    scenario: {
      steps: [{ ...breakZone('break', 'b'), durationMs: 4000 }],
      timing: { observeMaxMs: 5000, recoverWithinMs: 60_000, settleMs: 1000 },
      ...options.scenario,
    },
    wrap: (driver) => {
      const inner = options.wrap?.(driver) ?? driver
      return {
        ...inner,
        apply: async (step, plan, key, context) => {
          const outcome = await inner.apply(step, plan, key, context)
          const happened = outcome.ok || outcome.failure.kind === 'ambiguous'
          if (happened) for (const { id } of plan.targets) lab.world.change(id, 'broken')
          return outcome
        },
      }
    },
  })
  return lab
}

const lastSample = new WeakMap<object, number>()

/** One round: the given workers serve what is due, probes look, the reaper looks, half a second passes. */
export async function playRound(
  lab: ReturnType<typeof cleanUpLab>,
  runId: RunId,
  workers: readonly MortalWorker[],
  parts: Readonly<{ reaper: boolean }> = { reaper: true },
): Promise<void> {
  const from = lastSample.get(lab) ?? lab.time.now()
  let at = from
  for (; at <= lab.time.now(); at += 1_000_000) {
    const start = worldInstant(at)
    await lab.ports.samples.append(runId, [
      { probe: 'front', vantage: 'here', start, end: plusMs(start, 10), outcome: 'good' },
    ])
  }
  lastSample.set(lab, at)
  for (const due of await lab.ports.runs.due(50)) {
    if (due.id !== runId) continue
    const worker = workers.find((candidate) => !candidate.isGone())
    await worker?.serve(due.id, isRecovery(due.status) ? 'recover' : 'advance')
  }
  if (parts.reaper) await lab.reap()
  await lab.time.advance(500)
}

/** Rounds until the run is over, or `until` holds of it, or `roundsMax` are played. */
export async function playToEnd(
  lab: ReturnType<typeof cleanUpLab>,
  runId: RunId,
  workers: readonly MortalWorker[],
  options: Readonly<{
    reaper?: 'outlives' | 'dies-too'
    roundsMax?: number
    until?: (state: RunState) => boolean
  }> = {},
): Promise<RunState> {
  const { reaper = 'outlives', roundsMax = 400, until = ({ status }) => isEnd(status) } = options
  for (let round = 0; round < roundsMax; round++) {
    const state = await lab.state(runId)
    if (until(state)) return state
    const isAnybodyLeft = workers.some((worker) => !worker.isGone())
    await playRound(lab, runId, workers, { reaper: reaper === 'outlives' || isAnybodyLeft })
  }
  return lab.state(runId)
}

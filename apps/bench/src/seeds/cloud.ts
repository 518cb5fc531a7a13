import type { Failure, FaultDriver, PlatformInstant, Random } from '@firedrill/core'
import { BROKEN, fakeFaultDriver, fakeWorld } from '@firedrill/testkit'
import { born, type Turns } from './turns.ts'

/** One thing that really happened to a target, whatever callers were told. */
export type Effect = Readonly<{
  at: PlatformInstant
  what: 'injected' | 'changed'
  target: string
  to: string
  /** Of an injection: the key it came with. */
  key?: string
}>

/**
 * How the cloud treats keys. `keyed`: a key takes effect once, and a request may be on its way for seconds. `harsh`: every
 * request takes effect, so that only who asks first is safe.
 */
export type Manners = 'keyed' | 'harsh'

/** What may be taken from the platform, for the arms that must fail. */
export const WEAKNESSES = ['unguarded', 'unasking', 'hasty-reaper', 'believing'] as const
export type Weakness = (typeof WEAKNESSES)[number]

/** Longest that a request may be on its way. */
const FLIGHT_MAX_MS = 2400

type Driver = Pick<FaultDriver, 'plan' | 'apply' | 'confirm' | 'recover' | 'confirmRecovered'>

/** A fake cloud with its own log. While `trouble` is above zero that share of all calls is throttled or loses its reply. */
export function seedCloud(
  about: Readonly<{
    turns: Turns
    random: Random
    manners: Manners
    instances: number
    tell: (effect: Effect) => void
    weakness: Weakness | undefined
  }>,
) {
  const { turns, random, manners, tell, weakness } = about
  const zones = ['a', 'b', 'c']
  const world = fakeWorld(
    Array.from({ length: about.instances }, (_, n) => ({
      id: `i-${n + 1}`,
      zone: zones[n % zones.length] ?? 'a',
      tags: { drill: 'yes' },
      value: 'running',
    })),
  )
  const { driver: inner } = fakeFaultDriver({ world })
  const air = born('air')
  const state = { trouble: 0, alarm: 'OK', isDenying: false }
  let told = 0
  const tellChanges = (skip: boolean) => {
    for (const { target, to } of world.mutations.slice(told))
      if (!skip) tell({ at: turns.now(), what: 'changed', target, to })
    told = world.mutations.length
  }
  /** What a call meets. An undo may also be accepted without any effect. */
  const draw = (isUndo = false) => {
    if (random.next() >= state.trouble) return undefined
    const drawn = random.next()
    if (isUndo && drawn < 0.4) return 'shrug'
    return drawn < 0.7 ? 'throttle' : 'drop-reply'
  }
  const isSent = (signal: AbortSignal) => weakness === 'unguarded' || !signal.aborted

  const apply: FaultDriver['apply'] = async (step, plan, key, context) => {
    if (!isSent(context.signal)) return notSent('apply')
    if (manners === 'keyed' && random.next() < state.trouble)
      await turns.turn(air, random.next() * FLIGHT_MAX_MS)
    const drawn = state.isDenying ? 'deny' : draw()
    if (drawn !== undefined && drawn !== 'shrug') world.afflict('apply', drawn, 1)
    const happens = drawn !== 'throttle' && drawn !== 'deny'
    const isNew = manners === 'harsh' || !world.handles.has(key)
    if (happens && manners === 'harsh') world.handles.delete(key)
    const outcome = await inner.apply(step, plan, key, context)
    if (happens && isNew)
      for (const { id } of plan.targets)
        tell({ at: turns.now(), what: 'injected', target: id, to: BROKEN, key })
    tellChanges(true)
    return outcome
  }
  const accepted = new Set<string>()
  const driver: Driver = {
    plan: async (...asked) => {
      afflict('plan')
      return inner.plan(...asked)
    },
    apply,
    confirm: async (undo, context) => {
      if (weakness === 'unasking' && undo.handle === undefined)
        return {
          ok: true,
          value: {
            observations: undo.targets.map(({ id }) => ({
              target: id,
              injection: 'failed-to-inject',
              seen: 'not asked',
            })),
          },
        }
      afflict('confirm')
      return inner.confirm(undo, context)
    },
    recover: async (undo, context) => {
      if (!isSent(context.signal)) return notSent('recover')
      const drawn = draw(true)
      if (drawn === 'shrug') {
        accepted.add(undo.key)
        return { ok: true, value: { requestIds: ['shrugged'] } }
      }
      if (drawn !== undefined) world.afflict('recover', drawn, 1)
      const outcome = await inner.recover(undo, context)
      if (outcome.ok) accepted.add(undo.key)
      tellChanges(false)
      return outcome
    },
    confirmRecovered: async (undo, context) => {
      if (weakness === 'believing' && accepted.has(undo.key))
        return {
          ok: true,
          value: {
            observations: undo.targets.map(({ id }) => ({
              target: id,
              injection: 'restored',
              seen: 'believed',
            })),
          },
        }
      afflict('confirm-recovered')
      return inner.confirmRecovered(undo, context)
    },
  }
  function afflict(operation: 'plan' | 'confirm' | 'confirm-recovered'): void {
    const drawn = draw()
    // The drills that are refused before they begin are the dull ones.
    if (drawn !== undefined && drawn !== 'shrug')
      world.afflict(operation, operation === 'plan' ? 'throttle' : drawn, 1)
  }
  return {
    world,
    state,
    /** The driver as the cloud offers it; each process puts its own calls in between. */
    driver: { ...inner, ...driver } satisfies FaultDriver,
    /** Whoever left a target broken repairs it. */
    repair(isLive: (target: string) => boolean): void {
      for (const id of world.broken()) if (!isLive(id)) world.change(id, 'running')
      tellChanges(false)
    },
    /** Somebody who knows nothing of drills changes a target that is broken. */
    change(value: string): void {
      const broken = world.broken()
      const id = broken[Math.floor(random.next() * broken.length)]
      if (id === undefined) return
      world.change(id, value)
      tellChanges(false)
    },
  }
}

function notSent(operation: string): Readonly<{ ok: false; failure: Failure }> {
  const message = 'the request was called off before it was sent'
  return {
    ok: false,
    failure: { kind: 'ambiguous', operation: `fake.${operation}`, code: 'Aborted', message },
  }
}

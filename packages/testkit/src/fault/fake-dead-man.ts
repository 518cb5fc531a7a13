import { plusMs, worldInstant, type DeadMan, type UndoPlan, type WorldInstant } from '@firedrill/core'
import { BROKEN, type Adversity, type FakeWorldInside } from './fake-world.ts'

/** What was booked, by schedule name. */
export type FakeSchedule = Readonly<{ undo: UndoPlan; firesAt: WorldInstant; about: string }>

/** A scheduler of a fake cloud. It runs by itself: tests let it, and nobody of the platform can keep it from it. */
export type FakeScheduler = Readonly<{
  booked: ReadonlyMap<string, FakeSchedule>
  /** Acts on everything whose time has come: what is broken is put back, everything else is left alone. */
  fire(now: WorldInstant): void
  deadMan: DeadMan
}>

/** One schedule for each target, put back as it was captured and never over what somebody else made of it. */
export function fakeScheduler(world: FakeWorldInside, isPossible = true): FakeScheduler {
  const booked = new Map<string, FakeSchedule>()
  const namesOf = ({ key, targets }: UndoPlan) => targets.map(({ id }) => `${key}/${id}`)
  return {
    booked,
    fire(now) {
      for (const [name, { undo, firesAt }] of booked) {
        if (now < firesAt) continue
        const id = name.slice(undo.key.length + 1)
        const capture = undo.capture as Readonly<Record<string, string>>
        if (world.get(id)?.value === BROKEN) world.set(id, capture[id] ?? '')
        booked.delete(name)
      }
    },
    deadMan: {
      book: (undo) =>
        isPossible
          ? { ok: true, schedules: namesOf(undo) }
          : { ok: false, why: 'the fake cloud cannot undo this by itself' },
      async arm(undo, { firesAt, apartMs, about }) {
        const adversity = world.record('arm', undo.targets, undo.key)
        if (adversity === 'throttle' || adversity === 'deny') return failed('Book', adversity)
        for (const [index, name] of namesOf(undo).entries())
          booked.set(name, { undo, about, firesAt: plusMs(worldInstant(firesAt), index * apartMs) })
        return adversity === undefined
          ? { ok: true, value: { seen: `${booked.size} booked` } }
          : failed('Book', adversity)
      },
      async release(undo) {
        const adversity = world.record('release', undo.targets, undo.key)
        if (adversity === 'throttle' || adversity === 'deny') return failed('Cancel', adversity)
        for (const name of namesOf(undo)) booked.delete(name)
        return adversity === undefined
          ? { ok: true, value: { seen: 'nothing is booked' } }
          : failed('Cancel', adversity)
      },
    },
  }
}

function failed(operation: string, adversity: Adversity) {
  const kind = { throttle: 'throttled', deny: 'denied', 'drop-reply': 'ambiguous' } as const
  const about = { operation: `fake.${operation}`, code: `Fake-${kind[adversity]}`, message: adversity }
  return { ok: false, failure: { kind: kind[adversity], ...about } } as const
}

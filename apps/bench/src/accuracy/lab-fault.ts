import { SECOND, type World } from '@firedrill/sim'
import type { Chance } from './chance.ts'
import type { Drill } from './draw-drill.ts'

/** The name that everybody asks for, in every world that comes along. */
export const SERVICE = 'checkout.larkspur.example'
const NAME = `${SERVICE}.`
const PRIMARY = 'eu-west-1'
const STANDBY = 'eu-central-1'
const CAUSE = 'drill'

/** A fault that can be put in and taken out. Both take effect at once or begin to. */
export type PutIn = Readonly<{ inject(): void; undo(): void; isUndoTheResponse: boolean }>

/** The fault of a drill in its world. */
export function labFault({ fault }: Drill, world: World, chance: Chance): PutIn {
  const ids = world.compute.inRegion(PRIMARY).map(({ id }) => id)
  const some = ids.filter(
    (_, index) => index < Math.max(1, Math.round(ids.length * chance.between(0.15, 0.8))),
  )
  const zones = world.networks.regions.get(PRIMARY)?.zones ?? []
  const zone = zones[chance.whole(0, zones.length - 1)] ?? ''
  const stop = (wanted: readonly string[]): PutIn => ({
    inject: () => void world.compute.stop(wanted, CAUSE),
    // Those that a group has replaced meanwhile are gone for good, and what is still stopping cannot be started yet.
    undo: () =>
      void world.compute.start(
        wanted.filter((id) => world.compute.instances.get(id)?.state === 'stopped'),
        CAUSE,
      ),
    isUndoTheResponse: false,
  })
  switch (fault) {
    case 'instances':
      return stop(ids)
    case 'some-instances':
    case 'grey-overload':
      return stop(some)
    case 'zone':
      return toggled((isDown) => world.places.setZone(zone, isDown, CAUSE))
    case 'region':
    case 'flapping':
      return toggled((isDown) => world.places.setRegion(PRIMARY, isDown, CAUSE))
    case 'dns-removal':
      return { ...removal(world, () => true), isUndoTheResponse: true }
    case 'primary-record':
      return removal(world, ({ setIdentifier }) => setIdentifier === 'primary' || setIdentifier === 'west')
    case 'grey-network': {
      const subnetIds = [...new Set(world.compute.inRegion(PRIMARY).map(({ subnetId }) => subnetId))]
      const hit = subnetIds.slice(0, chance.whole(1, Math.max(1, subnetIds.length - 1)))
      return toggled((isDown) => {
        if (!isDown) return world.impairments.end('drill', CAUSE)
        const effect = { kind: 'connectivity', subnetIds: hit, scope: 'availability-zone' } as const
        world.impairments.begin('drill', PRIMARY, effect, CAUSE)
      })
    }
  }
}

function toggled(set: (isDown: boolean) => void): PutIn {
  return { inject: () => set(true), undo: () => set(false), isUndoTheResponse: false }
}

function removal(
  world: World,
  isHit: (record: Readonly<{ setIdentifier: string | null }>) => boolean,
): PutIn {
  const named = [...world.dns.recordSets.values()].filter(({ name, type }) => name === NAME && type === 'A')
  const hit = named.filter(isHit)
  const records = hit.length === 0 ? named : hit
  const done = new Set<string>()
  const change = (action: 'put' | 'delete') => () => {
    const [first] = records
    if (first === undefined || done.has(action)) return
    done.add(action)
    world.dns.change(
      first.zoneId,
      records.map((record) => ({ action, record })),
      null,
      CAUSE,
    )
  }
  // Where the name is gone altogether, putting it back is the only response there is.
  return { inject: change('delete'), undo: change('put'), isUndoTheResponse: hit.length === 0 }
}

/** Something that happens in the world at an instant of its own. */
export type Happening = Readonly<{ at: number; act: () => void }>

/** Whatever happens after the injection that is neither our undo nor the world's own doing, in order. */
export function happenings(drill: Drill, world: World, from: number, chance: Chance): readonly Happening[] {
  const { file, fault, actAfterSeconds, holdMs } = drill
  const isWaiting = file.spec.groups.some(({ region, instances }) => region === STANDBY && instances === 0)
  const planned: Happening[] = []
  const at = (seconds: number, act: () => void) =>
    void planned.push({ at: from + Math.round(seconds * SECOND), act })
  if (isWaiting) {
    at(actAfterSeconds, () => world.groups.setDesiredCapacity(`${STANDBY}|web`, 6, 'runbook'))
    at(actAfterSeconds + chance.between(150, 220), () => pointAtStandby(world))
  }
  // Whoever serves now is unsteady: away, back for less than a recovery has to hold, and away again.
  if (fault === 'flapping') {
    const isStandby = world.compute.inRegion(STANDBY).length > 0
    const region = isStandby ? STANDBY : PRIMARY
    let after = isStandby ? chance.between(90, 200) : chance.between(20, 60)
    for (let flaps = chance.whole(1, 3); flaps > 0; flaps--) {
      const [first, second] = [chance.between(8, 40), chance.between(5, (holdMs / 1000) * 0.8)]
      at(after, () => void world.places.setRegion(region, isStandby, 'unsteady'))
      at(after + first, () => void world.places.setRegion(region, !isStandby, 'unsteady'))
      after += first + second
    }
  }
  return planned.toSorted((a, b) => a.at - b.at)
}

/** What a runbook does where no health check moves the name: the record that has one answer gets another. */
function pointAtStandby(world: World): void {
  const records = [...world.dns.recordSets.values()]
  const target = records.find(({ name }) => name.startsWith('standby-origin.'))
  const record = records.find(({ name, type }) => name === NAME && type === 'A')
  if (record === undefined || target === undefined || record.setIdentifier !== null) return
  world.dns.change(
    record.zoneId,
    [{ action: 'put', record: { ...record, values: target.values } }],
    null,
    CAUSE,
  )
}

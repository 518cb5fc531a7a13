import {
  compiledStepSchema,
  type CompiledEnvironment,
  type DeadMan,
  type DriverContext,
  type Failure,
  type FaultCatalogue,
  type FaultDriver,
  type FrozenTarget,
  type Injection,
  type InjectStep,
  type Outcome,
  type Seen,
  type StepPlan,
  type UndoPlan,
} from '@firedrill/core'
import { seededRandom } from '../time/seeded.ts'
import { BROKEN, fakeWorld, type Adversity, type FakeResource, type FakeWorldInside } from './fake-world.ts'

/** What of a driver a test may want otherwise. */
export type FakeFaultOptions = Readonly<{
  name?: string
  world?: FakeWorldInside
  restoration?: FaultDriver['restoration']
  expiry?: FaultDriver['expiry']
  deadMan?: DeadMan
}>

/**
 * A fault over a world of its own: it sets a value to `broken` and back. It keeps every promise of `FaultDriver`
 * (idempotent by key, found again without its handle, no overwrite of what somebody else changed), and its world can
 * throttle, deny, lose replies and lag.
 */
export function fakeFaultDriver(
  options: FakeFaultOptions = {},
): Readonly<{ driver: FaultDriver; world: FakeWorldInside; catalogue: FaultCatalogue }> {
  const world = options.world ?? fakeWorld()
  const name = options.name ?? 'fake-break'
  const restoration = options.restoration ?? 'exact'
  const driver: FaultDriver = {
    name,
    version: 1,
    title: 'Break a fake resource',
    restoration,
    fencing: 'idempotent-key',
    expiry: options.expiry ?? 'dead-man',
    parameters: compiledStepSchema.options[0].shape.parameters,
    plan: async (step, seed, context) => plan(world, step, seed, context),
    undo: (step, stepPlan, key, environment) => undo(name, restoration, step, stepPlan, key, environment),
    apply: async (_step, stepPlan, key) => apply(world, stepPlan, key),
    confirm: async (undoPlan) => confirm(world, undoPlan),
    recover: async (undoPlan) => recover(world, undoPlan),
    confirmRecovered: async (undoPlan) => confirmRecovered(world, undoPlan),
    ...(options.deadMan === undefined ? {} : { deadMan: options.deadMan }),
  }
  return {
    driver,
    world,
    catalogue: { get: (wanted) => (wanted === name ? driver : undefined), list: () => [driver] },
  }
}

function failure(
  operation: string,
  kind: Failure['kind'],
  message: string,
): Readonly<{ ok: false; failure: Failure }> {
  return { ok: false, failure: { kind, operation: `fake.${operation}`, code: `Fake-${kind}`, message } }
}

/** The failure an adversity makes of a call, before or after its effect. */
function met(operation: string, adversity: Adversity): Readonly<{ ok: false; failure: Failure }> {
  switch (adversity) {
    case 'throttle':
      return failure(operation, 'throttled', 'rate exceeded')
    case 'deny':
      return failure(operation, 'denied', 'not authorised')
    case 'drop-reply':
      return failure(operation, 'ambiguous', 'the connection closed before an answer came')
  }
}

function plan(
  world: FakeWorldInside,
  step: InjectStep,
  seed: number,
  { environment }: DriverContext,
): Outcome<StepPlan> {
  const adversity = world.record('plan', [])
  if (adversity !== undefined) return met('Describe', adversity)
  const { tags, zones, choose } = step.targets
  const population = [...world.resources.values()].filter((resource) =>
    Object.entries(tags).every(([key, value]) => resource.tags[key] === value),
  )
  const matching = population.filter(({ zone }) => zones.length === 0 || zones.includes(zone))
  const chosen = shuffled(matching, seed).slice(
    0,
    choose.mode === 'all'
      ? matching.length
      : choose.mode === 'percent'
        ? Math.floor((matching.length * choose.percent) / 100)
        : choose.count,
  )
  const region = environment.regions[step.targets.region] ?? step.targets.region
  return {
    ok: true,
    value: {
      targets: chosen
        .map(({ id, zone }): FrozenTarget => ({ id, label: id, region, zone }))
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      population: population.length,
      unfit: chosen
        .filter(({ tags }) => tags[environment.touch.exemptTag] === 'true')
        .map(({ id }) => ({ target: id, guardrail: 'tags', reason: `${id} is exempt` })),
      demands: [],
      capture: Object.fromEntries(chosen.map(({ id, value }) => [id, value])),
      calls: ['fake Set: value=broken', 'fake Set: value as captured'],
      permissions: ['fake:Describe', 'fake:Set'],
    },
  }
}

function shuffled(resources: readonly FakeResource[], seed: number): readonly FakeResource[] {
  const random = seededRandom(seed)
  return resources
    .map((resource) => ({ resource, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ resource }) => resource)
}

function undo(
  fault: string,
  restoration: FaultDriver['restoration'],
  _step: InjectStep,
  stepPlan: StepPlan,
  key: string,
  environment: CompiledEnvironment,
): UndoPlan {
  return {
    fault,
    faultVersion: 1,
    targets: stepPlan.targets,
    restoration,
    capture: stepPlan.capture,
    key,
    commands: stepPlan.targets.map(
      ({ id }) =>
        `fake set ${id} ${captured(stepPlan.capture, id)} --endpoint-url ${environment.aws.endpoint}`,
    ),
  }
}

function captured(capture: UndoPlan['capture'], id: string): string {
  const value =
    typeof capture === 'object' && capture !== null && !Array.isArray(capture)
      ? (capture as Readonly<Record<string, unknown>>)[id]
      : undefined
  if (typeof value !== 'string') throw new TypeError(`the capture holds no value of ${id}`)
  return value
}

function apply(
  world: FakeWorldInside,
  stepPlan: StepPlan,
  key: string,
): Outcome<Readonly<{ handle: string; requestIds: readonly string[] }>> {
  const adversity = world.record('apply', stepPlan.targets, key)
  if (adversity === 'throttle' || adversity === 'deny') return met('Set', adversity)
  const known = world.handles.get(key)
  if (known === undefined) {
    for (const { id } of stepPlan.targets) world.set(id, BROKEN)
    world.handles.set(key, `effect-${world.handles.size + 1}`)
  }
  if (adversity !== undefined) return met('Set', adversity)
  const handle = world.handles.get(key) ?? ''
  return { ok: true, value: { handle, requestIds: [`req-${world.calls.length}`] } }
}

function confirm(world: FakeWorldInside, { targets, key }: UndoPlan): Outcome<Seen> {
  const adversity = world.record('confirm', targets, key)
  if (adversity !== undefined) return met('Describe', adversity)
  const isApplied = world.handles.has(key)
  const shows = isApplied && world.shows(`in ${key}`)
  return observed(
    targets,
    (id) => {
      if (!isApplied) return 'failed-to-inject'
      if (!shows) return 'requested'
      return world.get(id)?.value === BROKEN ? 'injected' : 'unknown'
    },
    world,
  )
}

function recover(
  world: FakeWorldInside,
  { targets: all, key, capture, decided }: UndoPlan,
): Outcome<Readonly<{ requestIds: readonly string[] }>> {
  const alone = new Set([...(decided?.left ?? []), ...(decided?.untouched ?? [])])
  const targets = all.filter(({ id }) => !alone.has(id))
  const adversity = world.record('recover', targets, key)
  if (adversity === 'throttle' || adversity === 'deny') return met('Set', adversity)
  const foreign = targets.find(
    ({ id }) =>
      decided?.overwrite.includes(id) !== true &&
      ![BROKEN, captured(capture, id)].includes(world.get(id)?.value ?? ''),
  )
  if (foreign !== undefined)
    return failure(
      'Set',
      'conflict',
      `${foreign.id} is ${world.get(foreign.id)?.value}: somebody else changed it`,
    )
  for (const { id } of targets) world.set(id, captured(capture, id))
  if (adversity !== undefined) return met('Set', adversity)
  return { ok: true, value: { requestIds: [`req-${world.calls.length}`] } }
}

function confirmRecovered(
  world: FakeWorldInside,
  { targets, key, capture, restoration }: UndoPlan,
): Outcome<Seen> {
  const adversity = world.record('confirm-recovered', targets, key)
  if (adversity !== undefined) return met('Describe', adversity)
  const shows = world.shows(`out ${key}`)
  const seen = observed(
    targets,
    (id) => {
      const value = world.get(id)?.value
      if (value === BROKEN) return 'injected'
      if (value !== captured(capture, id)) return 'unknown'
      if (!shows) return 'recovering'
      return restoration === 'exact' ? 'restored' : restoration === 'equivalent' ? 'replaced' : 'spent'
    },
    world,
  )
  if (!seen.ok) return seen
  const observations = seen.value.observations.map((one) =>
    one.injection === 'unknown'
      ? {
          ...one,
          foreign: {
            captured: captured(capture, one.target),
            ours: BROKEN,
            now: world.get(one.target)?.value ?? 'absent',
          },
        }
      : one,
  )
  return { ok: true, value: { observations } }
}

function observed(
  targets: readonly FrozenTarget[],
  injectionOf: (id: string) => Injection,
  world: FakeWorldInside,
): Outcome<Seen> {
  const observations = targets.map(({ id }) => ({
    target: id,
    injection: injectionOf(id),
    seen: `value ${world.get(id)?.value ?? 'absent'}`,
  }))
  return { ok: true, value: { observations } }
}

import type { LoggedMutation } from '../sandbox/witness.ts'

/** A change in a world as its simulator wrote it down. */
type Transition = Readonly<{ seq: number; at: number; subject: string; from: string; to: string }>
/** A mutating call in the simulator's log; `platformAt` in microseconds of wall time. */
export type Mutation = LoggedMutation &
  Readonly<{ seq: number; platformAt: number; worldAt: number; token: string | null }>

type World = Readonly<{
  at: number
  instances: readonly Readonly<{ id: string; state: string; appUp: boolean }>[]
  recordSets: readonly object[]
  schedules: readonly Readonly<{ region: string; name: string }>[]
}>

/** A world before a drill, as its simulator tells it. Nothing here knows the engine. */
export type Before = Readonly<{ world: World; mutations: number; transitions: number }>

/** What the simulator saw of one drill. Every list is in words; all empty is as it must be. */
export type Found = Readonly<{
  /** Faults that are still in, and schedules of a dead man that nobody called off. */
  left: readonly string[]
  /** Faults that went in more than once. */
  twice: readonly string[]
  /** How many things were broken at all. */
  broken: number
  /** Experiments that were started. */
  experiments: number
  /** Experiment templates that nobody deleted: they break nothing. */
  templates: number
  mutations: readonly Mutation[]
  transitions: readonly Transition[]
}>

const OVER = new Set(['completed', 'stopped', 'failed', 'cancelled'])
const BROKEN = new Set(['stopping', 'shutting-down'])

/** Writes down what there is before a drill. */
export async function before(control: string): Promise<Before> {
  const [world, mutations, transitions] = await Promise.all([
    ask<World>(control, '/world'),
    ask<readonly Mutation[]>(control, '/mutations'),
    ask<readonly Transition[]>(control, '/transitions'),
  ])
  return { world, mutations: mutations.length, transitions: transitions.length }
}

const STARTS_FAULTS = new Set(['StartExperiment', 'StopInstances'])
const REVERTS = new Set(['StopExperiment', 'StartInstances'])
const RECORDS = 'ChangeResourceRecordSets'

/** True for a call that broke something. */
export function isFault({ operation, outcome, summary }: Mutation): boolean {
  return (
    outcome === 'ok' &&
    (STARTS_FAULTS.has(operation) ||
      (operation === RECORDS && summary.includes('DELETE') && !summary.includes('CREATE')))
  )
}

/** True for a call that put something back. */
export function isRevert({ operation, outcome, summary }: Mutation): boolean {
  return outcome === 'ok' && (REVERTS.has(operation) || (operation === RECORDS && summary.includes('CREATE')))
}

/** Compares with what there was, and counts from the simulator's logs what happened since. */
export async function find(control: string, was: Before): Promise<Found> {
  const [world, allMutations, allTransitions] = await Promise.all([
    ask<World>(control, '/world'),
    ask<readonly Mutation[]>(control, `/mutations?from=${was.mutations}`),
    ask<readonly Transition[]>(control, `/transitions?from=${was.world.at}`),
  ])
  const transitions = allTransitions.filter(({ seq }) => seq >= was.transitions)
  const states = new Map(world.instances.map(({ id, state }) => [id, state]))
  const records = new Set(world.recordSets.map((record) => JSON.stringify(record)))
  const schedules = new Set(was.world.schedules.map(scheduleOf))
  const experiments = new Map<string, string>()
  const times = new Map<string, number>()
  for (const [index, { subject, at, to }] of transitions.entries()) {
    if (subject.startsWith('experiment:')) experiments.set(subject, to)
    const isBreak =
      (/^instance:[^:]+$/.test(subject) && BROKEN.has(to)) ||
      (subject.startsWith('record:') && to === 'absent' && !isWrittenAgain(transitions, index, at))
    if (isBreak) times.set(subject, (times.get(subject) ?? 0) + 1)
  }
  const ok = (operation: string) =>
    allMutations.filter((one) => one.operation === operation && one.outcome === 'ok')
  const made = new Set(ok('CreateExperimentTemplate').map(({ token }) => token))
  return {
    left: [
      ...was.world.instances.flatMap(({ id, state }) =>
        states.get(id) === state ? [] : [`${id} is ${states.get(id) ?? 'gone'}, was ${state}`],
      ),
      ...was.world.recordSets.flatMap((record) =>
        records.has(JSON.stringify(record)) ? [] : [`not as it was: ${JSON.stringify(record)}`],
      ),
      ...(world.recordSets.length > was.world.recordSets.length
        ? ['there are more records than before']
        : []),
      ...world.schedules.flatMap((one) =>
        schedules.has(scheduleOf(one)) ? [] : [`schedule ${scheduleOf(one)} is still there`],
      ),
      ...[...experiments].flatMap(([id, state]) => (OVER.has(state) ? [] : [`${id} is still ${state}`])),
    ],
    twice: [...times].flatMap(([subject, count]) =>
      count > 1 ? [`${subject} was broken ${count} times`] : [],
    ),
    broken: times.size,
    experiments: experiments.size,
    templates: made.size - ok('DeleteExperimentTemplate').length,
    mutations: allMutations,
    transitions,
  }
}

function scheduleOf({ region, name }: World['schedules'][number]): string {
  return `${region}/${name}`
}

/** One batch may delete a record and create it again; nobody ever sees it gone. */
function isWrittenAgain(transitions: readonly Transition[], index: number, at: number): boolean {
  const { subject } = transitions[index] ?? {}
  return transitions
    .slice(index + 1)
    .some((later) => later.subject === subject && later.at === at && later.to !== 'absent')
}

async function ask<T>(control: string, path: string): Promise<T> {
  const answer = await fetch(`${control}${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

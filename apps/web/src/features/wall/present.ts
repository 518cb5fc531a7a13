import { isLive, type ProbeLane, type RunDetail, type TimelineEvent } from '@firedrill/contracts'
import { duration, limit } from '../../format/duration.ts'
import { count } from '../../format/text.ts'
import { clockTime, type Zone } from '../../format/time.ts'
import { LANE_WORDS } from '../../vocabulary/lanes.ts'
import { STATUS_WORDS } from '../../vocabulary/statuses.ts'
import { TONE_WORDS } from '../../vocabulary/tones.ts'
import type { Word } from '../../vocabulary/word.ts'
import { stopState } from '../run/abort/present.ts'
import { laneSegments } from '../run/timeline/lane-segments.ts'
import { lanesUntil } from '../run/timeline/overlays.ts'

/** What one probe sees right now. */
export type Light = Readonly<{ key: string; name: string; word: Word; says: string }>

/** What is broken on purpose, in three lines. */
export type WallFaults = Readonly<{ word: Word; says: string; more: string }>

/** Events that stand on a wall: the newest first. */
export type WallEvent = Readonly<{ seq: number; at: string; word: Word; summary: string }>

const LIGHTS_MAX = 6
const EVENTS_MAX = 3

/** What the probes see now, those that see something wrong before the others. Pure. */
export function lightsOf(lanes: readonly ProbeLane[], run: RunDetail, worldNow: number): readonly Light[] {
  return lanes
    .map((lane): Light => {
      const last = laneSegments(lane, lanesUntil(run, worldNow)).at(-1)
      const word = LANE_WORDS[last?.state ?? 'absent']
      return {
        key: `${lane.probe} ${lane.vantage}`,
        name: `${lane.probe}, ${lane.vantage}`,
        word,
        says: last?.detail === undefined || last.detail === '' ? word.word : last.detail,
      }
    })
    .toSorted((a, b) => Number(a.word === LANE_WORDS.good) - Number(b.word === LANE_WORDS.good))
}

/** As many lights as a wall has room for, and what is said of the others. */
export function shownLights(lights: readonly Light[]): Readonly<{ shown: readonly Light[]; says: string }> {
  const good = lights.filter(({ word }) => word === LANE_WORDS.good).length
  const rest = lights.length - LIGHTS_MAX
  const more = rest > 0 ? `, ${rest} not shown` : ''
  return {
    shown: lights.slice(0, LIGHTS_MAX),
    says: lights.length === 0 ? 'No probe looks yet' : `Probes, ${good} of ${lights.length} good${more}`,
  }
}

/** Faults that are in, how much they concern, and when the next one goes by itself. Pure. */
export function faultsOf(run: RunDetail, worldNow: number): WallFaults {
  const touched = run.steps.filter(({ requestedWorldAt }) => requestedWorldAt !== undefined)
  const broken = touched.flatMap(({ targets }) => targets).filter(({ isClean }) => !isClean).length
  const faults = touched.filter(({ targets }) => targets.some(({ isClean }) => !isClean)).length
  if (faults === 0) {
    const says = touched.length === 0 ? 'Nothing is broken' : 'All is put back'
    const word =
      touched.length === 0 ? STATUS_WORDS.booked : { ...STATUS_WORDS.closed, role: 'held' as const }
    return { word, says, more: touched.length === 0 ? 'yet' : 'every target was described as before' }
  }
  const expiries = touched.flatMap(({ expiresWorldAt }) => expiresWorldAt ?? []).filter((at) => at > worldNow)
  const next = expiries.length === 0 ? undefined : Math.min(...expiries)
  return {
    word: STATUS_WORDS.injecting,
    says: `${count(faults, 'fault')} on ${count(broken, 'target')}`,
    more: next === undefined ? 'being taken out' : `goes by itself in ${duration(next - worldNow, 0)}`,
  }
}

/** What the room waits for, and since when. Pure. */
export function phaseOf(
  run: RunDetail,
  worldNow: number,
): Readonly<{ word: Word; says: string; since: string }> {
  const word = STATUS_WORDS[run.status]
  const phase = run.phases.at(-1)
  const since =
    run.isOver || phase === undefined ? '' : `for ${duration(Math.max(0, worldNow - phase.worldAt), 0)}`
  return { word, says: word.means, since }
}

/** Where stopping stands, in one line. Pure. */
export function stopLine(run: RunDetail, platformNow: number): Readonly<{ word: Word; says: string }> {
  const state = stopState(run, platformNow)
  switch (state.kind) {
    case 'ready':
      return {
        word: STATUS_WORDS.booked,
        says: isLive(run.status) ? `Abort is ready: ${state.undoes}` : 'Abort is ready',
      }
    case 'undoing':
      return {
        word: state.needsPerson ? STATUS_WORDS['needs-person'] : STATUS_WORDS.aborting,
        says: `${state.needsPerson ? 'A person is needed' : 'Aborting'}: ${state.clean} of ${state.total} targets confirmed restored`,
      }
    case 'restored':
      return {
        word: STATUS_WORDS.closed,
        says: `Aborted and restored${state.took === '' ? '' : ` in ${state.took}`}`,
      }
    case 'not-restored':
      return {
        word: STATUS_WORDS['needs-person'],
        says: `May still be broken: ${state.left} of ${state.total} targets`,
      }
    case 'nothing-to-do':
    case 'over':
      return { word: STATUS_WORDS.closed, says: state.says }
  }
}

/** The newest events. Pure. */
export function newestOf(events: readonly TimelineEvent[], zone: Zone): readonly WallEvent[] {
  return events
    .slice(-EVENTS_MAX)
    .toReversed()
    .map(({ seq, worldAt, tone, summary, actor }) => ({
      seq,
      at: clockTime(worldAt, zone, 0),
      word: TONE_WORDS[tone],
      summary: actor.kind === 'person' ? `${actor.name}: ${summary}` : summary,
    }))
}

/** `objective 5 min` */
export function objectiveLine(maxMicros: number): string {
  return `objective ${limit(maxMicros)}`
}

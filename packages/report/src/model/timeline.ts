import {
  isClean,
  RECOVER_REASON_WORDS,
  type Injection,
  type JournalEvent,
  type RunEventBody,
} from '@firedrill/core'
import { countText, listText } from '../text/list-text.ts'
import type { TimelineEntry, Tone } from './model.ts'
import { RESOLUTION_WORDS } from './vocabulary.ts'

/** The journal in words. The same thing seen several times in a row is one entry that says how often. */
export function timelineOf(events: readonly JournalEvent[]): readonly TimelineEntry[] {
  const entries: TimelineEntry[] = []
  for (const event of wholePlans(events)) {
    const { tone, text } = describe({ type: event.type, data: event.data } as RunEventBody)
    const last = entries.at(-1)
    if (last !== undefined && last.text === text && last.actor === event.actor.name) {
      entries[entries.length - 1] = { ...last, times: last.times + 1 }
      continue
    }
    const { seq, at, worldAt, actor } = event
    entries.push({ seq, at, worldAt, actor: actor.name, tone, text, times: 1 })
  }
  return entries
}

/** A plan too long for one event comes as several in a row, which are one thing to people: the last stands for all. */
function wholePlans(events: readonly JournalEvent[]): readonly JournalEvent[] {
  const whole: JournalEvent[] = []
  for (const event of events) {
    const before = whole.at(-1)
    if (event.type === 'planned' && before?.type === 'planned') {
      const [earlier, later] = [before, event] as readonly JournalEvent<'planned'>[]
      if (earlier !== undefined && later !== undefined && earlier.data.planHash === later.data.planHash) {
        const steps = [...earlier.data.steps, ...later.data.steps]
        whole[whole.length - 1] = { ...later, data: { ...later.data, steps } }
        continue
      }
    }
    whole.push(event)
  }
  return whole
}

type Words = Readonly<{ tone: Tone; text: string }>
const words = (tone: Tone, text: string): Words => ({ tone, text })

function describe(body: RunEventBody): Words {
  switch (body.type) {
    case 'run-created':
      return words(
        'people',
        `Booked scenario ${body.data.scenario.name} in environment ${body.data.environment.name}`,
      )
    case 'status-changed':
      return words(toneOfStatus(body.data.to), `${body.data.from} → ${body.data.to}: ${body.data.why}`)
    case 'planned': {
      const count = body.data.steps.reduce((sum, step) => sum + step.targets.length, 0)
      return words('work', `Planned: ${countText(count, 'target')} frozen, prior state captured`)
    }
    case 'guardrails-checked':
      return guardrails(body.data)
    case 'steady-state-checked':
      return words(
        body.data.holds ? 'held' : 'deviated',
        `Steady state ${body.data.holds ? 'holds' : 'does not hold'}: ${body.data.seen}`,
      )
    case 'undo-prepared':
      return words('work', `${body.data.step}: undo plan stored before the act`)
    case 'kit-acknowledged':
      return words('work', `${body.data.step}: ${body.data.reaper} keeps its own copy of the recovery kit`)
    case 'dead-man-asked':
      return words(
        'work',
        `${body.data.step}: ${countText(body.data.schedules.length, 'schedule')} of the cloud asked for`,
      )
    case 'dead-man-armed':
      return words(
        'work',
        `${body.data.step}: should nobody be left, the cloud takes it out: ${body.data.seen}`,
      )
    case 'dead-man-released':
      return words(
        body.data.isGone ? 'work' : 'alarm',
        `${body.data.step}: the cloud’s own way back was ${body.data.isGone ? '' : 'not '}called off: ${body.data.seen}`,
      )
    case 'injection-requested':
      return words('fault', `${body.data.step}: fault requested${attempt(body.data.attempt)}`)
    case 'injection-accepted':
      return words('fault', `${body.data.step}: request accepted, not yet confirmed`)
    case 'injection-observed':
      return words('fault', `${body.data.step}: ${observed(body.data.observations)}`)
    case 'step-waited':
      return words('work', `${body.data.step}: waited`)
    case 'call-failed':
      return callFailed(body.data)
    case 'stop-condition-breached':
      return words('alarm', `Stop condition ${body.data.condition}: ${body.data.seen}`)
    case 'response-seen':
      return words('held', `Response seen: ${body.data.seen}`)
    case 'recovery-requested':
      return words(
        'recovering',
        `${body.data.step}: undo asked for, ${RECOVER_REASON_WORDS[body.data.reason]}${attempt(body.data.attempt)}${goneWords(body.data.gone)}`,
      )
    case 'recovery-accepted':
      return words('recovering', `${body.data.step}: undo accepted, not yet confirmed`)
    case 'restoration-observed':
      return words(
        body.data.observations.every(({ injection }) => isClean(injection)) ? 'held' : 'recovering',
        `${body.data.step}: ${observed(body.data.observations)}`,
      )
    case 'abort-requested':
      return words('people', `Abort: ${body.data.reason}`)
    case 'note-added':
      return words('note', `Note: ${body.data.text}`)
    case 'measured': {
      const { provisional, verdict } = body.data.measurement
      return words(
        verdict === 'deviated' ? 'deviated' : verdict === 'held' ? 'held' : 'work',
        `Measured${provisional ? ', provisional' : ' for good'}: ${verdict}`,
      )
    }
    case 'person-needed':
      return words('people', `A person is needed: ${body.data.why}`)
    case 'approved':
    case 'approval-declined':
    case 'paged':
    case 'page-failed':
    case 'taken-over':
    case 'target-resolved':
    case 'step-skipped':
    case 'step-retry-asked':
    case 'step-cleared':
      return byPerson(body)
    case 'runbook-step-started':
      return words(
        'people',
        `Runbook: ${body.data.title}, begun as ${body.data.role}${noted(body.data.note)}`,
      )
    case 'runbook-step-done':
      return words('people', `Runbook: ${body.data.step} done${noted(body.data.note)}`)
    case 'runbook-step-skipped':
      return words('people', `Runbook: ${body.data.step} left out${noted(body.data.note)}`)
  }
}

type ByPerson = Extract<
  RunEventBody,
  {
    type:
      | 'approved'
      | 'approval-declined'
      | 'paged'
      | 'page-failed'
      | 'taken-over'
      | 'target-resolved'
      | `step-${'skipped' | 'retry-asked' | 'cleared'}`
  }
>

function byPerson(body: ByPerson): Words {
  switch (body.type) {
    case 'approved':
      return words(
        'people',
        `Plan ${body.data.plan.slice(0, 12)} approved${body.data.own ? ' by whoever started the run (a sandbox)' : ''}: ${body.data.reason}`,
      )
    case 'approval-declined':
      return words('people', `Plan ${body.data.plan.slice(0, 12)} declined: ${body.data.reason}`)
    case 'paged':
      return words(
        'alarm',
        `A person was called, call ${body.data.page}, by ${body.data.via}: ${body.data.seen}`,
      )
    case 'page-failed':
      return words(
        'deviated',
        `Nobody could be called, call ${body.data.page}, by ${body.data.via}: ${body.data.why}`,
      )
    case 'taken-over':
      return words('people', `Recovery was taken over by hand: ${body.data.reason}`)
    case 'target-resolved':
      return words(
        'people',
        `${body.data.step}: ${RESOLUTION_WORDS[body.data.answer]} ${body.data.target}: ${body.data.reason}`,
      )
    case 'step-skipped':
      return words('people', `${body.data.step}: left out: ${body.data.reason}`)
    case 'step-retry-asked':
      return words('people', `${body.data.step}: to be tried again: ${body.data.reason}`)
    case 'step-cleared':
      return words('recovering', `${body.data.step}: nothing is left of the failed attempt`)
  }
}

function goneWords(gone: readonly string[] | undefined): string {
  if (gone === undefined || gone.length === 0) return ''
  return `; on ${countText(gone.length, 'target')} it was gone before anybody asked`
}

function noted(note: string): string {
  return note === '' ? '' : `: ${note}`
}

function attempt(number: number): string {
  return number > 1 ? `, attempt ${number}` : ''
}

function toneOfStatus(to: string): Tone {
  if (to === 'injecting') return 'fault'
  if (to === 'recovering' || to === 'verifying' || to === 'aborting') return 'recovering'
  return to === 'needs-person' || to === 'refused' ? 'deviated' : 'work'
}

function guardrails({
  answers,
  allowed,
}: Extract<RunEventBody, { type: 'guardrails-checked' }>['data']): Words {
  const refused = answers.filter(({ allow }) => !allow)
  if (allowed && refused.length === 0)
    return words('held', `All ${countText(answers.length, 'guardrail')} allow the drill`)
  return words(
    'deviated',
    `Refused by ${listText(refused.map(({ guardrail, reason }) => `${guardrail} (${reason})`))}`,
  )
}

function callFailed({
  failure,
  attempt: number,
  step,
}: Extract<RunEventBody, { type: 'call-failed' }>['data']): Words {
  const where = step === undefined ? '' : `${step}: `
  return words(
    'alarm',
    `${where}${failure.operation} failed${attempt(number)}: ${failure.code} ${failure.message}`,
  )
}

function observed(observations: readonly Readonly<{ injection: Injection; seen: string }>[]): string {
  const counts = new Map<Injection, number>()
  for (const { injection } of observations) counts.set(injection, (counts.get(injection) ?? 0) + 1)
  const parts = [...counts].map(([injection, count]) => `${count} ${injection}`)
  const seen = new Set(observations.map((one) => one.seen))
  const [only] = seen
  return `${listText(parts)}${seen.size === 1 && only !== undefined && only !== '' ? `: ${only}` : ''}`
}

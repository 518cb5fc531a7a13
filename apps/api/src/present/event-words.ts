import {
  isClean,
  RECOVER_REASON_WORDS,
  type JournalEvent,
  type Observation,
  type RunEventBody,
  type RunEventType,
} from '@firedrill/core'
import type { TimelineEvent, Tone } from '@firedrill/contracts'
import { personWords } from './person-words.ts'
import { runbookWords } from './runbook-words.ts'

type Words = Readonly<{ tone: Tone; summary: string; step?: string }>

/** A journal event for people: one sentence and how it should look, with the payload beside it. */
export function presentEvent(event: JournalEvent): TimelineEvent {
  const { seq, v, type, at, worldAt, actor, hash } = event
  const isPerson = actor.kind === 'person' || actor.kind === 'ci'
  const words = wordsOf({ type: event.type, data: event.data } as RunEventBody, actor.name, isPerson)
  return { seq, v, type, at, worldAt, actor: { ...actor }, hash, ...words, data: { ...event.data } }
}

function wordsOf(body: RunEventBody, by: string, isPerson: boolean): Words {
  switch (body.type) {
    case 'run-created':
      return neutral(
        `Run created: scenario ${body.data.scenario.name} in environment ${body.data.environment.name}`,
      )
    case 'status-changed':
      return {
        tone: statusTone(body.data.to),
        summary: `${body.data.from} → ${body.data.to}: ${body.data.why}`,
      }
    case 'planned': {
      const { part, steps } = body.data
      const targets = part?.targets ?? steps.flatMap((step) => step.targets).length
      const which = part === undefined ? '' : ` (part ${part.number} of ${part.of})`
      return neutral(
        `Planned: ${count(targets, 'target')} frozen in ${count(part?.steps ?? steps.length, 'step')}${which}`,
      )
    }
    case 'guardrails-checked': {
      const refused = body.data.answers.filter((answer) => !answer.allow)
      return body.data.allowed
        ? { tone: 'good', summary: `All ${body.data.answers.length} guardrails allow` }
        : {
            tone: 'bad',
            summary: `Refused: ${refused.map((answer) => `${answer.guardrail} (${answer.reason})`).join('; ')}`,
          }
    }
    case 'steady-state-checked':
      return {
        tone: body.data.holds ? 'good' : 'bad',
        summary: `Steady state ${body.data.holds ? 'holds' : 'does not hold'}: ${body.data.seen}`,
      }
    case 'stop-condition-breached':
      return { tone: 'bad', summary: `Stop condition ${body.data.condition} breached: ${body.data.seen}` }
    case 'response-seen':
      return { tone: 'good', summary: `The system responded: ${body.data.seen}` }
    case 'step-waited':
      return { ...neutral(`Step ${body.data.step}: waited`), step: body.data.step }
    case 'call-failed': {
      const { operation, code, message } = body.data.failure
      return {
        tone: 'warning',
        summary: `${operation} failed (attempt ${body.data.attempt}): ${code} ${message}`,
        ...(body.data.step === undefined ? {} : { step: body.data.step }),
      }
    }
    case 'abort-requested':
      return { tone: 'person', summary: `Abort by ${by}: ${body.data.reason}` }
    case 'note-added':
      return { tone: isPerson ? 'person' : 'warning', summary: body.data.text }
    case 'measured':
      return {
        // What is not known yet is no warning: the run goes on to find out.
        tone: body.data.measurement.provisional ? 'neutral' : verdictTone(body.data.measurement.verdict),
        summary: `${body.data.measurement.provisional ? 'Measured so far' : 'Measured'}: ${body.data.measurement.verdict}, ${body.data.measurement.reason}`,
      }
    case 'person-needed':
      return { tone: 'bad', summary: `A person is needed: ${body.data.why}` }
    case 'approved':
    case 'approval-declined':
    case 'paged':
    case 'page-failed':
    case 'taken-over':
    case 'target-resolved':
    case 'step-skipped':
    case 'step-retry-asked':
    case 'step-cleared':
      return personWords(body)
    case 'runbook-step-started':
    case 'runbook-step-done':
    case 'runbook-step-skipped':
      return runbookWords(body)
    case 'undo-prepared':
    case 'kit-acknowledged':
    case 'dead-man-asked':
    case 'dead-man-armed':
    case 'dead-man-released':
    case 'injection-requested':
    case 'injection-accepted':
    case 'injection-observed':
    case 'recovery-requested':
    case 'recovery-accepted':
    case 'restoration-observed':
      return stepWords(body)
  }
}

type StepEvent = Extract<
  RunEventBody,
  {
    type: Extract<
      RunEventType,
      | `undo-${string}`
      | `kit-${string}`
      | `dead-man-${string}`
      | `injection-${string}`
      | `recovery-${string}`
      | `restoration-${string}`
    >
  }
>

function stepWords(body: StepEvent): Words {
  const { step } = body.data
  const say = (tone: Tone, text: string): Words => ({ tone, summary: `Step ${step}: ${text}`, step })
  switch (body.type) {
    case 'undo-prepared':
      return say('undo', 'the way back is stored')
    case 'kit-acknowledged':
      return say('undo', `${body.data.reaper} holds its own copy of the way back`)
    case 'dead-man-asked':
      return say('undo', `the cloud is asked for a way back of its own: ${body.data.schedules.join(', ')}`)
    case 'dead-man-armed':
      return say('undo', `should nobody be left, the cloud takes it out: ${body.data.seen}`)
    case 'dead-man-released': {
      const { isGone, seen } = body.data
      return isGone
        ? say('undo', `the cloud’s own way back was called off: ${seen}`)
        : say('warning', `the cloud’s own way back was not called off: ${seen}`)
    }
    case 'injection-requested':
      return say('fault', `being put in (attempt ${body.data.attempt})`)
    case 'injection-accepted':
      return say('fault', `the call was accepted as ${body.data.handle}`)
    case 'injection-observed':
      return say('fault', observed(body.data.observations))
    case 'recovery-requested':
      return say(
        'undo',
        `being taken out: ${RECOVER_REASON_WORDS[body.data.reason]} (attempt ${body.data.attempt})${goneWords(body.data.gone)}`,
      )
    case 'recovery-accepted':
      return say('undo', 'the call to put it back was accepted')
    case 'restoration-observed':
      return say(
        body.data.observations.every(({ injection }) => isClean(injection)) ? 'good' : 'undo',
        observed(body.data.observations),
      )
  }
}

function goneWords(gone: readonly string[] | undefined): string {
  if (gone === undefined || gone.length === 0) return ''
  return `; on ${count(gone.length, 'target')} it was gone before anybody asked, so the run cannot be held`
}

/** How many targets are in which state; and what was seen, where the state alone does not tell. */
function observed(observations: readonly Observation[]): string {
  const counts = Map.groupBy(observations, ({ injection }) => injection)
  return `seen ${[...counts].map(([injection, all]) => `${injection} on ${count(all.length, 'target')}${doubts(injection, all)}`).join(', ')}`
}

/** States of which people ask what is behind them. */
const TELLING: readonly Observation['injection'][] = ['unknown', 'recovering', 'replaced']
/** Most different things seen that one line tells. */
const WORDS_MAX = 2

function doubts(injection: Observation['injection'], all: readonly Observation[]): string {
  if (!TELLING.includes(injection)) return ''
  const why = [...new Set(all.map(({ seen }) => seen))].filter((seen) => seen !== '')
  if (why.length === 0) return ''
  return ` (${why.slice(0, WORDS_MAX).join('; ')}${why.length > WORDS_MAX ? '; …' : ''})`
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

function neutral(summary: string): Words {
  return { tone: 'neutral', summary }
}

function verdictTone(verdict: 'held' | 'deviated' | 'inconclusive' | 'not-run'): Tone {
  return verdict === 'held' ? 'good' : verdict === 'deviated' ? 'bad' : 'warning'
}

function statusTone(to: Extract<RunEventBody, { type: 'status-changed' }>['data']['to']): Tone {
  switch (to) {
    case 'injecting':
      return 'fault'
    case 'recovering':
    case 'verifying':
      return 'undo'
    case 'aborting':
    case 'paused':
    case 'cancelled':
    case 'missed':
      return 'warning'
    case 'needs-person':
    case 'refused':
      return 'bad'
    case 'closed':
      return 'good'
    case 'booked':
    case 'planning':
    case 'awaiting-approval':
    case 'preflight':
    case 'baseline':
    case 'observing':
    case 'responding':
    case 'settling':
      return 'neutral'
  }
}

import type { Resolution, RunEventBody } from '@firedrill/core'
import type { Tone } from '@firedrill/contracts'

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
      | 'step-skipped'
      | 'step-retry-asked'
      | 'step-cleared'
  }
>

/** What people did to a run, and that they were called, in one sentence. */
export function personWords(body: ByPerson): Readonly<{ tone: Tone; summary: string; step?: string }> {
  switch (body.type) {
    case 'approved': {
      const { own, plan, reason } = body.data
      return {
        tone: 'person',
        summary: `Plan ${plan.slice(0, 12)} approved${own ? ' by whoever started the run, which only a sandbox allows' : ''}: ${reason}`,
      }
    }
    case 'approval-declined':
      return { tone: 'person', summary: `Plan ${body.data.plan.slice(0, 12)} declined: ${body.data.reason}` }
    case 'paged':
      return {
        tone: 'warning',
        summary: `A person was called (call ${body.data.page}, by ${body.data.via}): ${body.data.seen}`,
      }
    case 'page-failed':
      return {
        tone: 'bad',
        summary: `Nobody could be called (call ${body.data.page}, attempt ${body.data.attempt}, by ${body.data.via}): ${body.data.why}`,
      }
    case 'taken-over':
      return {
        tone: 'person',
        summary: `Recovery taken over by hand; the platform only goes on describing: ${body.data.reason}`,
      }
    case 'target-resolved': {
      const { step, target, answer, reason } = body.data
      return { tone: 'person', summary: `Step ${step}: ${answerWords(answer, target)}: ${reason}`, step }
    }
    case 'step-skipped':
      return say('person', body.data.step, `left out: ${body.data.reason}`)
    case 'step-retry-asked':
      return say('person', body.data.step, `to be tried again: ${body.data.reason}`)
    case 'step-cleared':
      return say('undo', body.data.step, 'nothing is left of the failed attempt; it may be put in again')
  }
}

function say(tone: Tone, step: string, text: string) {
  return { tone, summary: `Step ${step}: ${text}`, step }
}

function answerWords(answer: Resolution, target: string): string {
  switch (answer) {
    case 'retry':
      return `${target} is given back to the platform, which tries again`
    case 'mark-restored':
      return `${target} was put back by hand, and describing confirmed it`
    case 'accept-as-is':
      return `${target} stays as it is`
    case 'keep-theirs':
      return `somebody else’s change of ${target} is kept`
    case 'restore-ours':
      return `${target} is put back over somebody else’s change`
  }
}

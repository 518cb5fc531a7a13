import type { RunEventBody } from '@firedrill/core'
import type { Tone } from '@firedrill/contracts'

type OfRunbook = Extract<
  RunEventBody,
  { type: 'runbook-step-started' | 'runbook-step-done' | 'runbook-step-skipped' }
>

/** What people said of the steps of their runbook, in one sentence. */
export function runbookWords(body: OfRunbook): Readonly<{ tone: Tone; summary: string }> {
  const { step, note } = body.data
  const says = note === '' ? '' : `: ${note}`
  switch (body.type) {
    case 'runbook-step-started':
      return { tone: 'person', summary: `Runbook, “${body.data.title}” begun as ${body.data.role}${says}` }
    case 'runbook-step-done': {
      const checked = body.data.checked === undefined ? '' : ` (${body.data.checked})`
      return { tone: 'person', summary: `Runbook step ${step} done${checked}${says}` }
    }
    case 'runbook-step-skipped':
      return { tone: 'person', summary: `Runbook step ${step} left out${says}` }
  }
}

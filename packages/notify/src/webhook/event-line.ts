import {
  intervalInWords,
  RECOVER_REASON_WORDS,
  type JournalEvent,
  type Measurement,
  type RunEventBody,
} from '@firedrill/core'

/** What an event says, in one line for people; of those without words of their own, their name. */
export function eventLine(event: JournalEvent): string {
  const body = { type: event.type, data: event.data } as RunEventBody
  if (body.type === 'run-created') return 'was booked'
  if (body.type === 'status-changed') return `${body.data.to}: ${body.data.why}`
  if (body.type === 'measured') return measured(body.data.measurement)
  if (body.type === 'recovery-requested')
    return `the fault is being taken out: ${RECOVER_REASON_WORDS[body.data.reason]}`
  if (body.type === 'person-needed') return `a person is needed: ${body.data.why}`
  if (body.type === 'abort-requested') return `abort was asked for: ${body.data.reason}`
  return body.type.replaceAll('-', ' ')
}

function measured({ provisional, verdict, reason, objectives }: Measurement): string {
  const figures = objectives.flatMap((one) =>
    one.observed === undefined ? [] : [`${one.objective} ${intervalInWords(one.observed)}, ${one.verdict}`],
  )
  return [`${provisional ? 'so far ' : ''}${verdict}: ${reason}`, ...figures].join('; ')
}

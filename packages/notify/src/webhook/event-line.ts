import { intervalInWords, RECOVER_REASON_WORDS, type JournalEvent, type RunEventBody } from '@firedrill/core'

/** What an event says, in one line for people. */
export function eventLine(event: JournalEvent): string {
  const { type, data } = { type: event.type, data: event.data } as RunEventBody
  switch (type) {
    case 'run-created':
      return 'was booked'
    case 'status-changed':
      return `${data.to}: ${data.why}`
    case 'measured': {
      const figures = data.measurement.objectives.flatMap(({ objective, observed, verdict }) =>
        observed === undefined ? [] : [`${objective} ${intervalInWords(observed)}, ${verdict}`],
      )
      return [
        `${data.measurement.provisional ? 'so far ' : ''}${data.measurement.verdict}: ${data.measurement.reason}`,
        ...figures,
      ].join('; ')
    }
    case 'recovery-requested':
      return `the fault is being taken out: ${RECOVER_REASON_WORDS[data.reason]}`
    case 'person-needed':
      return `a person is needed: ${data.why}`
    case 'abort-requested':
      return `abort was asked for: ${data.reason}`
    default:
      return type.replaceAll('-', ' ')
  }
}

import { freezesIn, type Freeze } from '../../calendar/freeze.ts'
import { formatMinute, platformInstant } from '../../time/instant.ts'
import { allow, refuse, type CalendarFacts, type Guardrail } from '../guardrail.ts'

/** How far ahead the answer looks for a freeze that is about to begin. */
const AHEAD_MICROS = 86_400_000_000

/** Nobody has frozen the environment for now: neither its owner in its file, nor a calendar that was imported. */
export const freeze = {
  code: 'freeze',
  ask({ environment, calendarFreezes, now }: CalendarFacts) {
    if (calendarFreezes === undefined) return refuse('the imported calendars could not be read')
    const ahead = platformInstant(now + AHEAD_MICROS)
    const all = [...freezesIn(environment, [], now, ahead), ...calendarFreezes]
    const frozen = all.filter(({ from, to }) => from <= now && now < to).sort((a, b) => b.to - a.to)[0]
    if (frozen !== undefined) return refuse(`frozen until ${inWords(frozen, frozen.to)}`)
    const next = all.filter(({ from }) => from > now && from < ahead).sort((a, b) => a.from - b.from)[0]
    if (next === undefined) return allow('in no freeze, and none begins within a day')
    return allow(
      `in no freeze yet; the next begins ${inWords(next, next.from)}. What is in then stays until it is undone as planned; nothing is added to it`,
    )
  },
} as const satisfies Guardrail

function inWords({ reason, source }: Freeze, edge: Freeze['from']): string {
  const from = source === 'environment' ? '' : ` (calendar ${source})`
  return `${formatMinute(edge)}: ${reason}${from}`
}

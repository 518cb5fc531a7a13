import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { platformInstant, type PlatformInstant } from '@firedrill/core'

const dates = new WeakMap<object, PlatformInstant>()

/** Has a client of CloudWatch remember the Date header of its answers: what second it was where they were made. */
export function rememberDates(client: CloudWatchClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args)
      const date = dateOf(answer.response)
      if (date !== undefined && answer.output !== undefined) dates.set(answer.output, date)
      return answer
    },
    { step: 'deserialize', priority: 'high', name: 'firedrillRememberDates' },
  )
}

/** The second in which an answer was made, by the clock of whoever made it. Undefined when it did not say. */
export function answeredAt(answer: object): PlatformInstant | undefined {
  return dates.get(answer)
}

function dateOf(response: unknown): PlatformInstant | undefined {
  const { headers } = response as Readonly<{ headers?: Readonly<Record<string, string>> }>
  const ms = Date.parse(headers?.['date'] ?? '')
  return Number.isNaN(ms) ? undefined : platformInstant(ms * 1000)
}

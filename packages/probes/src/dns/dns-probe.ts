import { getServers } from 'node:dns'
import { proven, unusable, type Attempt } from '../attempt.ts'
import { parseHostPort } from '../net/host-port.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'
import { queryDns } from './dns-query.ts'
import { attemptOfReply } from './resolve-name.ts'

/** Asks the vantage's resolver for a record. Good when there is an answer, and, if some are named, one of those is in it. */
export async function attemptDns(probe: ProbeOf<'dns'>, context: AttemptContext): Promise<Attempt> {
  const server = context.resolver ?? getServers()[0]
  if (server === undefined) return unusable('resolver none')
  const question = { name: probe.host, type: probe.recordType }
  const reply = await queryDns(parseHostPort(server, 53), question, context.timeoutMs, context.signal)
  if (reply.kind !== 'answers') return attemptOfReply(reply)
  const answers = [...reply.answers].sort()
  if (probe.answers !== undefined && !answers.some((answer) => isAmong(answer, probe.answers ?? []))) {
    return proven(`answer ${answers.join(',').slice(0, 200)}`)
  }
  return { end: 'good', answers: answers.join(',') }
}

/** Names differ in case and in the final dot without being different names. */
function isAmong(answer: string, wanted: readonly string[]): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/\.$/, '')
  return wanted.some((one) => plain(one) === plain(answer))
}

import { getServers } from 'node:dns'
import { attemptOfCode, ended, proven, succeed, unusable, type Attempt, type StepResult } from '../attempt.ts'
import { parseHostPort } from '../net/host-port.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'
import { queryDns, type DnsReply } from './dns-query.ts'
import { attemptOfReply, resolveName } from './resolve-name.ts'
import { findZoneServers } from './zone-servers.ts'

/** Who is asked, and whether the question is about them: then their silence is a failure, and not our own equipment's. */
type Asked = Readonly<{ servers: readonly string[]; areWatched: boolean }>

/**
 * Asks for a record: the vantage's resolver, the servers that are named, or those of the zone. Good when every one of them
 * answers with the records that are wanted, with authority and with a lifetime as it should be.
 */
export async function attemptDns(probe: ProbeOf<'dns'>, context: AttemptContext): Promise<Attempt> {
  const asked = await whomToAsk(probe, context)
  if (!asked.ok) return asked.attempt
  const { servers, areWatched } = asked.value
  const attempts = await Promise.all(
    servers.map(async (server) => {
      const attempt = await askOne(server, areWatched, probe, context)
      return areWatched && attempt.end === 'bad'
        ? { ...attempt, detail: `${attempt.detail} at ${server}`.slice(0, 200) }
        : attempt
    }),
  )
  return (
    attempts.find((one) => one.end === 'bad' && one.isProven) ??
    attempts.find(({ end }) => end === 'bad') ??
    attempts.find(({ end }) => end === 'unusable') ?? { end: 'good', answers: union(attempts) }
  )
}

async function whomToAsk(probe: ProbeOf<'dns'>, context: AttemptContext): Promise<StepResult<Asked>> {
  if (probe.servers !== undefined) return succeed({ servers: probe.servers, areWatched: true })
  if (probe.authoritative === true) {
    const found = await findZoneServers(probe.host, context)
    return found.ok ? succeed({ servers: found.value, areWatched: true }) : found
  }
  const server = context.resolver ?? getServers()[0]
  return server === undefined
    ? ended(unusable('resolver none'))
    : succeed({ servers: [server], areWatched: false })
}

async function askOne(
  server: string,
  isWatched: boolean,
  probe: ProbeOf<'dns'>,
  context: AttemptContext,
): Promise<Attempt> {
  const { host, port } = parseHostPort(server, 53)
  // A resolver of ours may well be on this machine or at a link-local address; a zone's servers are named by the zone.
  const resolved = await resolveName(host, isWatched ? context : { ...context, reach: 'anywhere' })
  if (!resolved.ok) return resolved.attempt
  const question = {
    name: probe.host,
    type: probe.recordType,
    isRecursionDesired: probe.authoritative !== true,
  }
  const address = { host: resolved.value[0], port }
  const reply = await queryDns(address, question, context.timeoutMs, context.signal)
  if (reply.kind === 'no-resolver' && isWatched) return attemptOfCode(reply.code, 'dns')
  return reply.kind === 'answers' ? judge(reply, probe) : attemptOfReply(reply)
}

function judge(reply: Extract<DnsReply, { kind: 'answers' }>, probe: ProbeOf<'dns'>): Attempt {
  const answers = [...reply.answers].sort()
  if (probe.authoritative === true && !reply.isAuthoritative) return proven('not authoritative')
  if (!isWanted(answers, probe)) return proven(`answer ${answers.join(',').slice(0, 200)}`)
  if (probe.ttlMaxSeconds !== undefined && reply.ttlSeconds > probe.ttlMaxSeconds)
    return proven(`ttl ${reply.ttlSeconds}`)
  return { end: 'good', answers: answers.join(',') }
}

function isWanted(answers: readonly string[], { answers: wanted, match }: ProbeOf<'dns'>): boolean {
  if (wanted === undefined) return true
  const came = new Set(answers.map(plain))
  const asked = new Set(wanted.map(plain))
  return match === 'exact'
    ? came.size === asked.size && [...came].every((answer) => asked.has(answer))
    : [...came].some((answer) => asked.has(answer))
}

/** Names differ in case and in the final dot without being different names. */
function plain(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

function union(attempts: readonly Attempt[]): string {
  const all = attempts.flatMap((one) => (one.end === 'good' ? one.answers.split(',') : []))
  return [...new Set(all)].sort().join(',')
}

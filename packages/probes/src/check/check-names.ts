import { lookup } from 'node:dns/promises'
import { getServers } from 'node:dns'
import { isIP } from 'node:net'
import { judgeNegativeCache, judgeTtl, type Finding, type NetworkCheckOptions } from '@firedrill/core'
import { codeOf } from '../attempt.ts'
import {
  lookUp,
  lookUpAuthority,
  lookUpServers,
  type Authority,
  type LookedUpRecord,
  type LookUp,
} from './look-up.ts'

/** What is known of a name, and the addresses to go on with; empty when nobody had any. */
export type CheckedNames = Readonly<{ findings: readonly Finding[]; addresses: readonly string[] }>

type Answered = Readonly<{ name: string; address: string; answer: LookUp; authority: Authority | undefined }>

/** A zone has four servers or more; asking so many shows whether they agree. */
const SERVERS_MAX = 4

/** Asks every resolver, and the zone's own servers, for a name; judges lifetimes by what the zone itself says, if it does. */
export async function checkNames(host: string, options: NetworkCheckOptions): Promise<CheckedNames> {
  if (isIP(host) !== 0) {
    const verdict = 'an address: no name has to be resolved'
    return {
      findings: [{ check: 'dns', subject: host, level: 'good', verdict, remedy: null }],
      addresses: [host],
    }
  }
  const own = options.resolvers === undefined ? await askOwnHost(host) : undefined
  const resolvers =
    options.resolvers ?? getServers().map((address) => ({ name: `resolver ${address}`, address }))
  const recursive = await Promise.all(resolvers.map((one) => askServer(host, one, options)))
  const authorities = await askAuthorities(host, recursive, options)
  const seen = recursive.flatMap(({ answer }) => (answer.kind === 'records' ? answer.addresses : []))
  const addresses = seen.length > 0 ? [...new Set(seen)] : (own?.addresses ?? [])
  return {
    findings: [
      ...(own === undefined ? [] : [own.finding]),
      ...recursive.map((one) => answerFinding(host, one, (own?.addresses.length ?? 0) > 0)),
      ...authorityFindings(host, authorities),
      ...lifetimeFindings(host, recursive, authorities, options.objectiveMs),
    ],
    addresses,
  }
}

async function askServer(
  host: string,
  { name, address }: Readonly<{ name: string; address: string }>,
  { timeoutMs }: NetworkCheckOptions,
): Promise<Answered> {
  const asked = { server: address, timeoutMs }
  const answer = await lookUp(host, asked)
  const authority = answer.kind === 'silent' ? undefined : await lookUpAuthority(host, asked)
  return { name, address, answer, authority }
}

/** As programs on this host find it: hosts file, search domains and caches included. */
async function askOwnHost(
  host: string,
): Promise<Readonly<{ finding: Finding; addresses: readonly string[] }>> {
  const about = { check: 'dns', subject: `${host} on this host` } as const
  try {
    const found = await lookup(host, { all: true, order: 'ipv4first' })
    const addresses = found.map(({ address }) => address)
    return {
      finding: { ...about, level: 'good', verdict: addresses.join(', '), remedy: null },
      addresses,
    }
  } catch (error) {
    const remedy = 'check the spelling, and the resolvers of this host'
    return {
      finding: { ...about, level: 'problem', verdict: `cannot be resolved: ${codeOf(error)}`, remedy },
      addresses: [],
    }
  }
}

async function askAuthorities(
  host: string,
  recursive: readonly Answered[],
  options: NetworkCheckOptions,
): Promise<readonly Answered[]> {
  if (options.authorities === 'none') return []
  const servers = options.authorities ?? (await findServers(recursive, options.timeoutMs))
  return Promise.all(servers.map((address) => askServer(host, { name: address, address }, options)))
}

/** The zone's servers, as the first resolver that knows the zone names them. */
async function findServers(recursive: readonly Answered[], timeoutMs: number): Promise<readonly string[]> {
  for (const { address, authority } of recursive) {
    if (authority === undefined) continue
    const asked = { server: address, timeoutMs }
    const names = (await lookUpServers(authority.zone, asked)).slice(0, SERVERS_MAX)
    const found = await Promise.all(names.map((name) => lookUp(name, asked)))
    const addresses = found.flatMap((one) => (one.kind === 'records' ? one.addresses.slice(0, 1) : []))
    if (addresses.length > 0) return addresses.map((one) => `${one}:53`)
  }
  return []
}

function answerFinding(host: string, { name, answer }: Answered, isKnownHere: boolean): Finding {
  const about = { check: 'dns', subject: `${host} by ${name}` } as const
  switch (answer.kind) {
    case 'records':
      return { ...about, level: 'good', verdict: chainInWords(answer.records), remedy: null }
    case 'none':
      return {
        ...about,
        level: isKnownHere ? 'warning' : 'problem',
        verdict: isKnownHere
          ? `${answer.why}: known to this host alone, by its hosts file or a search domain`
          : `${answer.why}: clients of this resolver cannot find it`,
        remedy: 'check the record in its zone, and whether this resolver may see that zone',
      }
    case 'silent':
      return {
        ...about,
        level: 'not-observed',
        verdict: `the resolver did not answer: ${answer.why}`,
        remedy: 'check the address of the resolver, and that it can be reached from here',
      }
  }
}

/** `www → checkout (300 s) → 198.51.100.7, 198.51.100.8 (17 s left)`. */
function chainInWords(records: readonly LookedUpRecord[]): string {
  const steps = records.flatMap(({ type, value, ttlSeconds }) =>
    type === 'CNAME' ? [`alias of ${value} (${ttlSeconds} s left)`] : [],
  )
  const addresses = records.filter(({ type }) => type === 'A')
  const left = Math.min(...addresses.map(({ ttlSeconds }) => ttlSeconds))
  const last = addresses.map(({ value }) => value).join(', ')
  return [...steps, ...(last === '' ? [] : [`${last} (${left} s left)`])].join(', ')
}

function authorityFindings(host: string, authorities: readonly Answered[]): readonly Finding[] {
  const answers = authorities.map(({ answer }) =>
    answer.kind === 'records' ? answer.addresses.toSorted().join(', ') : answer.why,
  )
  const agree = new Set(answers).size <= 1
  return authorities.map(({ name, answer }, i) => {
    const about = { check: 'authority', subject: `${host} by authority ${name}` } as const
    if (answer.kind === 'silent')
      return {
        ...about,
        level: 'not-observed',
        verdict: `did not answer: ${answer.why}`,
        remedy: 'allow DNS to the servers of the zone from here, or name them with --authority',
      }
    if (answer.kind === 'none')
      return { ...about, level: 'problem', verdict: answer.why, remedy: 'check the record in its zone' }
    return agree
      ? { ...about, level: 'good', verdict: chainInWords(answer.records), remedy: null }
      : {
          ...about,
          level: 'warning',
          verdict: `${answers[i] ?? ''}; other servers of the zone answer otherwise`,
          remedy: 'wait until a change is served everywhere, or check the routing policy',
        }
  })
}

function lifetimeFindings(
  host: string,
  recursive: readonly Answered[],
  authorities: readonly Answered[],
  objectiveMs: number | undefined,
): readonly Finding[] {
  const isWhole = authorities.some(({ answer }) => answer.kind === 'records')
  const witnesses = isWhole ? authorities : recursive
  const records = witnesses.flatMap(({ answer }) => (answer.kind === 'records' ? answer.records : []))
  const longest = records.toSorted((a, b) => b.ttlSeconds - a.ttlSeconds)[0]
  const zones = [...authorities, ...recursive].flatMap(({ authority }) => authority ?? [])
  const [zone] = zones.toSorted((a, b) => b.negativeSeconds - a.negativeSeconds)
  // A cache says what is left of a lifetime; only the zone's own servers say how long it is.
  const source = isWhole ? '' : ' (by what is left in caches; the TTL itself may be longer)'
  return [
    ...(longest === undefined
      ? []
      : [judgeTtl(`${longest.name} ${longest.type}${source}`, longest.ttlSeconds, objectiveMs)]),
    ...(zone === undefined
      ? []
      : [judgeNegativeCache(`zone ${zone.zone} of ${host}`, zone.negativeSeconds, { objectiveMs })]),
  ]
}

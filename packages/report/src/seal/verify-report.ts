import {
  canonicalJson,
  journalProblem,
  signOffProblem,
  standingSignOffs,
  type JournalEvent,
  type Sha256,
  type SignOff,
} from '@firedrill/core'
import type { ReportModel } from '../model/model.ts'
import { dataText } from '../model/sign-off.ts'
import { SEALED_COPIES, signedText, takeApart, type Seal } from './seal.ts'

/** What is looked at, in this order. */
export const REPORT_CHECKS = [
  'seal',
  'page',
  'signature',
  'key',
  'data',
  'journal',
  'head',
  'sign-off',
  'copy',
] as const
export type ReportCheck = (typeof REPORT_CHECKS)[number]

/** `open`: it could not be decided with what was given. */
export const CHECK_RESULTS = ['holds', 'broken', 'open'] as const
export type CheckResult = (typeof CHECK_RESULTS)[number]

/** `genuine`: everything holds, and a key that was given signed it. `unproven`: nothing is broken, something is open. */
export const AUTHENTICITIES = ['genuine', 'unproven', 'changed'] as const
export type Authenticity = (typeof AUTHENTICITIES)[number]

/** What became of verifying a report. */
export type Verification = Readonly<{
  authenticity: Authenticity
  checks: readonly Readonly<{ check: ReportCheck; result: CheckResult; says: string }>[]
  /** What no such file can prove, and how it could be looked at. */
  notChecked: readonly string[]
  /** What the file says of itself; believe it only when it is genuine. */
  run: string | null
  headline: string | null
  report: string | null
  key: string | null
}>

/** What verifying needs. Nothing of it asks anybody anything. */
export type VerifyPorts = Readonly<{
  sha256: Sha256
  sha256Bytes: (bytes: Uint8Array) => string
  isSignedBy: (publicKey: string, text: string, signature: string) => boolean
  keyIdOf: (publicKey: string) => string
}>

type Check = Verification['checks'][number]
type Copy = Readonly<{ name: string; bytes: Uint8Array }>
type Data = Readonly<{
  json: string
  run: string
  headline: string
  head: string
  evidence: number
  signOffs: readonly SignOff[]
  /** The hash that acts are about; they stand as long as it is the same. */
  data: string
}>

/**
 * Verifies a page that `renderReport` wrote, from its bytes alone: that no byte was changed, who signed it, that its data
 * has the hash that was signed and that the journal inside is whole. `keys`: public keys that the reader trusts;
 * `copies`: JSON, CSV or Markdown files of the same report.
 */
export function verifyReport(
  bytes: Uint8Array,
  given: Readonly<{ keys: readonly string[]; copies: readonly Copy[] }>,
  ports: VerifyPorts,
): Verification {
  const { page, seal } = takeApart(bytes)
  const text = new TextDecoder().decode(page)
  const data = dataOf(text, ports)
  const events = journalOf(text)
  const checks =
    seal === undefined
      ? unsealedChecks(text, data, events, ports)
      : [
          held('seal', 'the last line is a seal'),
          pageCheck(page, seal, ports),
          signatureCheck(seal, ports),
          keyCheck(seal, given.keys, ports),
          dataCheck(data, seal.report, ports),
          journalCheck(events, ports),
          headCheck(events, data, seal),
          ...signOffCheck(data, ports),
          ...given.copies.map((copy) => copyCheck(copy, seal, ports)),
        ]
  return {
    authenticity: authenticityOf(checks),
    checks,
    notChecked: notChecked(data),
    run: data?.run ?? null,
    headline: data?.headline ?? null,
    report: data === undefined ? null : ports.sha256(data.json),
    key: seal === undefined ? null : ports.keyIdOf(seal.key),
  }
}

function authenticityOf(checks: readonly Check[]): Authenticity {
  if (checks.some(({ result }) => result === 'broken')) return 'changed'
  return checks.some(({ result }) => result === 'open') ? 'unproven' : 'genuine'
}

const held = (check: ReportCheck, says: string): Check => ({ check, result: 'holds', says })
const broken = (check: ReportCheck, says: string): Check => ({ check, result: 'broken', says })
const open = (check: ReportCheck, says: string): Check => ({ check, result: 'open', says })

/** Reports of versions that did not sign carry the hash of their data and no journal; there is no more to hold them to. */
function unsealedChecks(
  text: string,
  data: Data | undefined,
  events: readonly JournalEvent[] | undefined,
  ports: VerifyPorts,
): readonly Check[] {
  if (data === undefined && events === undefined) return [broken('seal', 'this is no report of Firedrill')]
  if (events !== undefined || text.includes('<!-- firedrill-seal'))
    return [broken('seal', 'the last line is not the seal that this report was written with')]
  const shown = /SHA-256 of this report’s data: <code>([0-9a-f]{64})<\/code>/.exec(text)?.[1]
  const unsigned = open(
    'seal',
    'it has none: it was written by a version that did not sign, or somebody took the seal off',
  )
  return shown === undefined ? [unsigned] : [unsigned, dataCheck(data, shown, ports)]
}

function pageCheck(page: Uint8Array, seal: Seal, { sha256Bytes }: VerifyPorts): Check {
  return sha256Bytes(page) === seal.page
    ? held('page', `all ${page.byteLength} bytes before the seal are as they were sealed`)
    : broken('page', 'at least one byte before the seal is not as it was sealed')
}

function signatureCheck(seal: Seal, { isSignedBy, keyIdOf }: VerifyPorts): Check {
  return isSignedBy(seal.key, signedText(seal), seal.signature)
    ? held('signature', `the seal was signed with the key ${keyIdOf(seal.key)}`)
    : broken('signature', 'the signature is not of this seal')
}

function keyCheck(seal: Seal, keys: readonly string[], { keyIdOf }: VerifyPorts): Check {
  const id = keyIdOf(seal.key)
  if (keys.length === 0)
    return open(
      'key',
      `nobody has said whose key ${id} is: whoever changes a report can sign it again with a key of their own. Give the key that you trust`,
    )
  return keys.includes(seal.key)
    ? held('key', `${id} is the key that was given`)
    : broken('key', `${id} is not the key that was given (${keys.map(keyIdOf).join(', ')})`)
}

function dataCheck(data: Data | undefined, hash: string, { sha256 }: VerifyPorts): Check {
  if (data === undefined) return broken('data', 'the data of the report cannot be read')
  return sha256(data.json) === hash
    ? held('data', `the data of the report has the hash ${hash.slice(0, 16)}…`)
    : broken('data', 'the data of the report does not have the hash that stands there')
}

function journalCheck(events: readonly JournalEvent[] | undefined, { sha256 }: VerifyPorts): Check {
  if (events === undefined) return broken('journal', 'the journal cannot be read')
  const problem = journalProblem(events, sha256)
  return problem === undefined
    ? held('journal', `${events.length} events, each bound to the one before it`)
    : broken('journal', problem)
}

function headCheck(
  events: readonly JournalEvent[] | undefined,
  data: Data | undefined,
  { journal, run }: Seal,
): Check {
  const head = events?.at(-1)?.hash
  const isOne =
    events?.length === journal.events &&
    head === journal.head &&
    data?.head === head &&
    data.run === run &&
    events.every(({ runId }) => runId === run)
  return isOne
    ? held('head', 'the journal ends where report and seal say, and all three are of one run')
    : broken('head', 'journal, report and seal do not belong together')
}

function copyCheck({ name, bytes }: Copy, seal: Seal, { sha256Bytes }: VerifyPorts): Check {
  const hash = sha256Bytes(bytes)
  const form = SEALED_COPIES.find((known) => seal.copies[known] === hash)
  return form === undefined
    ? broken('copy', `${name} is no copy of this report`)
    : held('copy', `${name} is its ${form}, byte for byte`)
}

function signOffCheck(data: Data | undefined, { sha256 }: VerifyPorts): readonly Check[] {
  if (data === undefined || data.signOffs.length === 0) return []
  const { signOffs, run } = data
  const problem = signOffProblem(signOffs, sha256)
  if (problem !== undefined) return [broken('sign-off', problem)]
  if (signOffs.some(({ runId }) => runId !== run)) return [broken('sign-off', 'an act is of another run')]
  const standing = Object.values(standingSignOffs(signOffs, data.data))
  const names = standing.map(({ role, by }) => `${role} by ${by.name}`).join(', ')
  const gone = signOffs.length - standing.length
  const left = gone === 0 ? '' : `; ${gone} void, because the data have changed since`
  return [held('sign-off', `${names === '' ? 'nobody' : names} on these data${left}`)]
}

function notChecked(data: Data | undefined): readonly string[] {
  return [
    `The ${data?.evidence ?? 0} pieces of evidence are not in this file, only their hashes. \`firedrill recompute RUN --save DIR\` keeps them, verifies every byte and computes the figures again.`,
    'When it was signed, and that the key was in nobody else’s hands. Keep the public key and reports where the platform cannot write.',
  ]
}

function dataOf(text: string, { sha256 }: VerifyPorts): Data | undefined {
  const value = blockOf(text, 'firedrill-report')
  if (!isObject(value)) return undefined
  const { signOff = [], ...model } = value
  const { run, journal, evidence, kits, findings } = model
  if (!isObject(run) || !isObject(journal) || !Array.isArray(evidence) || !Array.isArray(kits))
    return undefined
  if (!Array.isArray(findings) || !findings.every(isObject)) return undefined
  if (!Array.isArray(signOff) || !signOff.every(isObject)) return undefined
  const json = canonicalJson(model)
  return {
    json,
    run: String(run['id']),
    headline: String(run['headline']),
    head: String(journal['head']),
    evidence: evidence.length,
    // As they came: what was changed in one does not have its hash any more.
    signOffs: signOff as unknown as readonly SignOff[],
    data: sha256(dataText(model as unknown as ReportModel)),
  }
}

function journalOf(text: string): readonly JournalEvent[] | undefined {
  const value = blockOf(text, 'firedrill-journal')
  // As they came: what was changed in one does not have its hash any more.
  return Array.isArray(value) && value.every(isObject)
    ? (value as unknown as readonly JournalEvent[])
    : undefined
}

function blockOf(text: string, id: string): unknown {
  const begin = `<script type="application/json" id="${id}">`
  const at = text.indexOf(begin)
  const end = text.indexOf('</script>', at)
  if (at === -1 || end === -1) return undefined
  try {
    return JSON.parse(text.slice(at + begin.length, end))
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { canonicalJson, type Sha256, type Signer } from '@firedrill/core'

/** Name and version of the seal's shape. */
export const SEAL_FORMAT = 'firedrill.dev/seal/v1'

/** Forms of a report whose bytes the seal of its page names, so that a copy of each can be held against it. */
export const SEALED_COPIES = ['csv', 'json', 'markdown'] as const

/** What is signed. Every hash is SHA-256 in lower-case hex. */
export type SealStatement = Readonly<{
  format: typeof SEAL_FORMAT
  run: string
  /** Of the report's canonical JSON: the report's identity. */
  report: string
  /** How far the journal went, and the hash of its last event. */
  journal: Readonly<{ events: number; head: string }>
  /** Of every byte of the page before the line with the seal. */
  page: string
  /** Of the other forms of the same report. */
  copies: Readonly<Record<(typeof SEALED_COPIES)[number], string>>
  /** Ed25519 public key in base64. It tells which key signed, not whose it is. */
  key: string
}>

/** A statement with the signature of its canonical JSON, in base64. */
export type Seal = SealStatement & Readonly<{ signature: string }>

const BEGIN = '<!-- firedrill-seal '
const END = ' -->\n'

/** Adds the seal to a page as its last line. */
export function sealPage(
  page: string,
  about: Omit<SealStatement, 'format' | 'page' | 'key'>,
  { sha256, signer }: Readonly<{ sha256: Sha256; signer: Signer }>,
): string {
  const statement: SealStatement = {
    ...about,
    format: SEAL_FORMAT,
    page: sha256(page),
    key: signer.publicKey,
  }
  return page + sealLine({ ...statement, signature: signer.sign(canonicalJson(statement)) })
}

/** A page as bytes, taken apart. `seal` undefined: the last line is none, or not exactly as it would be written. */
export type SealedPage = Readonly<{ page: Uint8Array; seal?: Seal }>

/** Takes the last line off. Nothing is verified yet except that the line is written in the one form there is. */
export function takeApart(bytes: Uint8Array): SealedPage {
  const LINE_FEED = 10
  const at = bytes.lastIndexOf(LINE_FEED, bytes.length - 2) + 1
  const line = new TextDecoder().decode(bytes.subarray(at))
  const seal = parseLine(line)
  return seal === undefined ? { page: bytes } : { page: bytes.subarray(0, at), seal }
}

/** The text whose signature a seal carries. */
export function signedText(seal: Seal): string {
  return canonicalJson({ ...seal, signature: undefined })
}

function sealLine(seal: Seal): string {
  return `${BEGIN}${canonicalJson(seal)}${END}`
}

function parseLine(line: string): Seal | undefined {
  if (!line.startsWith(BEGIN) || !line.endsWith(END)) return undefined
  try {
    const seal: unknown = JSON.parse(line.slice(BEGIN.length, -END.length))
    // Only the form that is written is read: no byte of the line may be another one and mean the same.
    return isSeal(seal) && sealLine(seal) === line ? seal : undefined
  } catch {
    return undefined
  }
}

function isSeal(value: unknown): value is Seal {
  if (typeof value !== 'object' || value === null) return false
  const { format, run, report, journal, page, copies, key, signature } = value as Readonly<
    Record<string, unknown>
  >
  return (
    format === SEAL_FORMAT &&
    [run, report, page, key, signature].every((member) => typeof member === 'string') &&
    hasMembers(journal, { events: 'number', head: 'string' }) &&
    hasMembers(copies, Object.fromEntries(SEALED_COPIES.map((copy) => [copy, 'string'])))
  )
}

function hasMembers(value: unknown, members: Readonly<Record<string, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(members).every(
    ([name, type]) => typeof (value as Readonly<Record<string, unknown>>)[name] === type,
  )
}

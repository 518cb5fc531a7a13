import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { auditEntrySchema, EXIT, type AuditEntryView, type Client } from '@firedrill/contracts'
import { auditProblem, platformInstant, type AuditEntry } from '@firedrill/core'
import { sha256 } from '@firedrill/runtime'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { connect } from '../connect.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill audit verify`. */
export type VerifyAuditOptions = CommonOptions & Readonly<{ head?: string }>

const PAGE = 1000

/** Writes the audit of the team to stdout: one entry a line, in order. */
export async function exportAudit(cli: Cli, options: CommonOptions): Promise<number> {
  for await (const entry of allOf(connect(cli, options))) cli.terminal.out(`${JSON.stringify(entry)}\n`)
  return EXIT.held
}

/** Checks every link of the chain: of an export, or of what the API has now. */
export async function verifyAudit(
  cli: Cli,
  file: string | undefined,
  options: VerifyAuditOptions,
): Promise<number> {
  const entries =
    file === undefined
      ? await collected(connect(cli, options))
      : readExport(readFileSync(resolve(cli.cwd, file), 'utf8'))
  const problem = typeof entries === 'string' ? entries : auditProblem(entries, sha256, headOf(options.head))
  const last = typeof entries === 'string' ? undefined : entries.at(-1)
  const found = {
    entries: last?.seq ?? 0,
    head: last === undefined ? null : `${last.seq}:${last.hash}`,
    problem: problem ?? null,
  }
  print(cli, options, 'audit', found, () =>
    problem === undefined
      ? `${found.entries} entries, unbroken. Keep this, and give it as --head next time:\n${found.head ?? '-'}`
      : `The audit was changed: ${problem}.`,
  )
  return problem === undefined ? EXIT.held : EXIT.toolError
}

/** Entries of an export, or what is wrong with its form. */
export function readExport(text: string): readonly AuditEntry[] | string {
  const lines = text.split('\n')
  if (lines.pop() !== '') return 'the last line is not whole'
  const entries: AuditEntry[] = []
  for (const [index, line] of lines.entries()) {
    const entry = parsed(line)
    // Text that means the same is still not what was exported.
    if (entry === undefined || JSON.stringify(entry) !== line) return `line ${index + 1} is no entry`
    entries.push(kept(entry))
  }
  return entries
}

function parsed(line: string): AuditEntryView | undefined {
  try {
    const { success, data } = auditEntrySchema.safeParse(JSON.parse(line))
    return success ? data : undefined
  } catch {
    return undefined
  }
}

async function* allOf(client: Client): AsyncGenerator<AuditEntryView> {
  for (let after = 0; ;) {
    const page = await client.audit({ after, limit: PAGE })
    yield* page
    if (page.length < PAGE) return
    after = page.at(-1)?.seq ?? after
  }
}

async function collected(client: Client): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = []
  for await (const entry of allOf(client)) entries.push(kept(entry))
  return entries
}

function kept(entry: AuditEntryView): AuditEntry {
  return { ...entry, at: platformInstant(entry.at) }
}

function headOf(text: string | undefined): Readonly<{ seq: number; hash: string }> | undefined {
  if (text === undefined) return undefined
  const [, seq, hash] = /^(\d{1,9}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new CliError(EXIT.usage, `${text} is no head, such as firedrill audit verify prints.`)
  return { seq: Number(seq), hash }
}

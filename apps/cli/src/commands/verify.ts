import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { EXIT } from '@firedrill/contracts'
import { verifyReport, type Verification } from '@firedrill/report'
import { isSignedBy, keyIdOf, parsePublicKey, sha256, sha256Bytes } from '@firedrill/runtime'
import { CliError, type Cli, type CommonOptions } from '../cli.ts'
import { print } from '../output/print.ts'

/** Options of `firedrill verify`. */
export type VerifyOptions = Pick<CommonOptions, 'output'> & Readonly<{ key?: readonly string[] }>

/** What a file is worth, as an exit code: 1 when something was changed, 6 when nothing proves that it was not. */
const EXIT_OF: Readonly<Record<Verification['authenticity'], number>> = {
  genuine: EXIT.held,
  unproven: EXIT.inconclusive,
  changed: EXIT.toolError,
}

/** Checks a report and copies of it with nothing but the files: no API, no network. */
export async function verify(
  cli: Cli,
  path: string,
  copies: readonly string[],
  options: VerifyOptions,
): Promise<number> {
  const keys = (options.key ?? []).map((file) => keyIn(file, read(cli, file)))
  const verified = verifyReport(
    read(cli, path),
    { keys, copies: copies.map((name) => ({ name, bytes: read(cli, name) })) },
    { sha256, sha256Bytes, isSignedBy, keyIdOf },
  )
  const { checks, notChecked } = verified
  const answer = { file: path, ...verified, checks: [...checks], notChecked: [...notChecked] }
  print(cli, options, 'verify', answer, () => inWords(cli, path, verified))
  return EXIT_OF[verified.authenticity]
}

function read(cli: Cli, path: string): Uint8Array {
  try {
    return readFileSync(resolve(cli.cwd, path))
  } catch (error) {
    throw new CliError(
      EXIT.usage,
      `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

function keyIn(path: string, bytes: Uint8Array): string {
  const key = parsePublicKey(new TextDecoder().decode(bytes))
  if (key === undefined)
    throw new CliError(EXIT.usage, `${path} is no Ed25519 public key in PEM, as firedrill key prints it.`)
  return key
}

const SUMS: Readonly<Record<Verification['authenticity'], string>> = {
  genuine: 'Genuine: nothing was changed since it was signed with the key that was given.',
  unproven: 'Unproven: nothing contradicts itself, but that proves little.',
  changed: 'Changed: do not rely on this file.',
}

function inWords(
  cli: Cli,
  path: string,
  { authenticity, checks, notChecked, headline }: Verification,
): string {
  const marks = {
    holds: cli.terminal.paint('good', 'holds '),
    broken: cli.terminal.paint('bad', 'BROKEN'),
    open: cli.terminal.paint('warning', 'open  '),
  } as const
  return [
    `${path}: ${headline ?? 'no report'}`,
    '',
    ...checks.map(({ check, result, says }) => `${marks[result]}  ${check.padEnd(9)}  ${says}`),
    '',
    'Not checked:',
    ...notChecked.map((line) => `- ${line}`),
    '',
    SUMS[authenticity],
  ].join('\n')
}

import { execFile } from 'node:child_process'
import type { ProgramOutput } from '../cli.ts'

/** Names of changed files of a large repository. */
const OUTPUT_MAX = 64 * 1024 * 1024

/** Runs git and answers what it said, also when it is not installed. */
export function runGit(args: readonly string[], cwd: string): Promise<ProgramOutput> {
  return new Promise((resolve) => {
    execFile('git', [...args], { cwd, maxBuffer: OUTPUT_MAX }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ exitCode: code, out, err: err === '' && error !== null ? error.message : err })
    })
  })
}

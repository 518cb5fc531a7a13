import { ApiError, EXIT, type ErrorCode } from '@firedrill/contracts'
import { formatProblems } from '@firedrill/scenario-file'
import { CliError } from './cli.ts'

/** Exit code of a shell's command that was interrupted: `watch` was left, the run goes on. */
export const LEFT = 130

/** What is said on stderr about an error, and the exit code that goes with it. */
export type Explained = Readonly<{ text: string; exitCode: number }>

/** Puts an error into words that say what to do. `file`: where the problems of a refused definition are. */
export function explain(error: unknown, file = 'file'): Explained {
  if (error instanceof CliError) return { text: error.message, exitCode: error.exitCode }
  if (error instanceof ApiError) return explainApi(error, file)
  return { text: error instanceof Error ? error.message : String(error), exitCode: EXIT.toolError }
}

function explainApi(error: ApiError, file: string): Explained {
  const { problem } = error
  if (problem === undefined) {
    const remedy =
      error.kind === 'unreachable'
        ? 'Start it with "npm start -- --idle" in the repository, or name another one with --url or FIREDRILL_URL.'
        : 'Check --url and FIREDRILL_URL: something else may listen there.'
    return { text: `${error.message}. ${remedy}`, exitCode: EXIT.toolError }
  }
  const places = problem.problems.length === 0 ? '' : `\n${formatProblems(problem.problems.map(bare), file)}`
  const hint = HINTS[problem.code]
  const text = `${problem.detail} (${problem.code})${hint === undefined ? '' : ` ${hint}`}${places}`
  return { text, exitCode: exitCodeOfProblem(problem.code) }
}

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  'not-signed-in':
    'Pass --token or set FIREDRILL_TOKEN; a sandbox keeps its own in .firedrill/api-token, which is read when you call from the directory above it.',
  halted: 'See firedrill halt status.',
}

/** Zod's optional fields may be present and undefined; problems leave them out. */
function bare({
  path,
  message,
  line,
  column,
  suggestion,
}: NonNullable<ApiError['problem']>['problems'][number]) {
  return {
    path,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
    ...(suggestion === undefined ? {} : { suggestion }),
  }
}

function exitCodeOfProblem(code: ErrorCode): number {
  switch (code) {
    case 'request-invalid':
    case 'version-missing':
    case 'definition-invalid':
    case 'not-found':
      return EXIT.usage
    case 'not-permitted':
    case 'state-conflict':
    case 'changed-meanwhile':
    case 'sandbox-only':
    case 'halted':
    case 'plan-drifted':
      return EXIT.refused
    case 'not-signed-in':
    case 'origin-refused':
    case 'too-many-requests':
    case 'idempotency-mismatch':
    case 'request-running':
    case 'queue-away':
    case 'upstream-failed':
    case 'config-invalid':
    case 'unexpected':
      return EXIT.toolError
  }
}

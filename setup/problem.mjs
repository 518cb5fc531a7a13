/** Something that the person at the terminal can put right: what is wrong, and what to do. */
export class Problem extends Error {
  /**
   * @param {string} message what is wrong
   * @param {string} advice what to do about it
   * @param {string} [detail] what the failing program said
   */
  constructor(message, advice, detail = '') {
    super(message)
    this.advice = advice
    this.detail = detail
  }
}

const DETAIL_LINES = 25

/**
 * Runs a command of this directory; a problem becomes text on standard error and exit code 1.
 *
 * @param {() => Promise<void>} run
 */
export async function reporting(run) {
  try {
    await run()
  } catch (error) {
    const problem = error instanceof Problem ? error : (fileProblem(error) ?? null)
    if (problem === null) throw error
    const detail = problem.detail.trim().split('\n').slice(-DETAIL_LINES)
    const quoted = problem.detail === '' ? '' : `\n${detail.map((line) => `  | ${line}`).join('\n')}\n`
    process.stderr.write(`${quoted}\n  ${problem.message}\n  ${problem.advice}\n\n`)
    process.exitCode = 1
  }
}

/** What is known to go wrong on other people's machines, the most telling sign first. */
const CAUSES = [
  {
    signs: ['ENOSPC', 'EDQUOT', 'no space left on device', 'disk quota exceeded'],
    message: 'The disk is full.',
    advice:
      'Free about 2 GB (the checkout and the package cache in your home directory) and run the command again.',
  },
  {
    signs: ['ERR_PNPM_OUTDATED_LOCKFILE'],
    message: 'pnpm-lock.yaml does not match the package.json files.',
    advice:
      'If you changed dependencies: npx pnpm@12.21.0 install, and commit the lockfile. Else: git checkout pnpm-lock.yaml.',
  },
  {
    signs: ['EROFS', 'EACCES', 'EPERM', 'read-only file system', 'permission denied'],
    message: 'A file or directory cannot be written.',
    advice:
      'The checkout has to be writable by the user who runs this: own it (chown) or clone it elsewhere.',
  },
  {
    signs: [
      'ENOTFOUND',
      'EAI_AGAIN',
      'ETIMEDOUT',
      'ECONNREFUSED',
      'ECONNRESET',
      'ENETUNREACH',
      'ERR_PNPM_META_FETCH',
      'ERR_PNPM_FETCH',
      'dns error',
      'error sending request',
    ],
    message: 'The package registry could not be reached.',
    advice:
      'Check the network and, behind a proxy, HTTPS_PROXY or the registry in ~/.npmrc; then run the command again.',
  },
]

/**
 * What to do when a program failed, judged by what it said; `null` when nothing known is in it.
 *
 * @param {string} said
 * @returns {{ message: string, advice: string } | null}
 */
export function knownCause(said) {
  // pnpm breaks its sentences over framed lines.
  const text = said.replaceAll(/\s*\n[\s│|]*/g, ' ').toLowerCase()
  return CAUSES.find(({ signs }) => signs.some((sign) => text.includes(sign.toLowerCase()))) ?? null
}

/** @param {unknown} error */
function fileProblem(error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const cause = knownCause(code)
  return cause === null ? null : new Problem(cause.message, cause.advice, String(error))
}

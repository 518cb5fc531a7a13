import { accessSync, constants } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { delimiter, join } from 'node:path'

/** Programs that some tests use and that a laptop may lack. */
export const OPTIONAL_TOOLS = ['redis', 'chromium', 'awscli', 'promtool'] as const

/** One of {@link OPTIONAL_TOOLS}. */
export type OptionalTool = (typeof OPTIONAL_TOOLS)[number]

/** The variable that hands what was found to test processes: names from {@link OPTIONAL_TOOLS}, comma-separated. */
export const HAVE_VARIABLE = 'FIREDRILL_HAVE'

interface Recipe {
  /** Names or absolute paths, the best first. */
  readonly programs: readonly string[]
  readonly apt: string
  readonly brew: string
}

const RECIPES: Readonly<Record<OptionalTool, Recipe>> = {
  redis: { programs: ['redis-server', 'valkey-server'], apt: 'redis-server', brew: 'redis' },
  chromium: {
    programs: [
      '/usr/bin/chromium',
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    apt: 'chromium',
    brew: '--cask chromium',
  },
  // Version managers put stand-ins called `aws` on PATH that run nothing, so the distribution's comes first.
  awscli: {
    programs: ['/usr/bin/aws', '/opt/homebrew/bin/aws', '/usr/local/bin/aws', 'aws'],
    apt: 'awscli',
    brew: 'awscli',
  },
  promtool: { programs: ['promtool'], apt: 'prometheus', brew: 'prometheus' },
}

const VERSION_TIMEOUT_MS = 20_000
const found = new Map<OptionalTool, string | null>()

/**
 * The absolute path of an optional tool that runs here (it was asked for its version once), or `null`.
 */
export function findTool(tool: OptionalTool): string | null {
  const known = found.get(tool)
  if (known !== undefined) return known
  const path = RECIPES[tool].programs.flatMap(candidates).find(answersVersion) ?? null
  found.set(tool, path)
  return path
}

/**
 * True when tests may use the tool: what the test run found and passed on in `FIREDRILL_HAVE`, or, without that, what
 * is found now.
 */
export function have(tool: OptionalTool): boolean {
  const handed = process.env[HAVE_VARIABLE]
  return handed === undefined ? findTool(tool) !== null : handed.split(',').includes(tool)
}

/** The command that installs the tool on this machine. */
export function installCommand(tool: OptionalTool): string {
  const { apt, brew } = RECIPES[tool]
  return process.platform === 'darwin' ? `brew install ${brew}` : `sudo apt-get install -y ${apt}`
}

function candidates(program: string): string[] {
  if (program.startsWith('/')) return [program]
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
}

function answersVersion(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    execFileSync(path, ['--version'], { stdio: 'ignore', timeout: VERSION_TIMEOUT_MS })
    return true
  } catch {
    return false
  }
}

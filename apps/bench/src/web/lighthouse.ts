import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Stage } from './stage.ts'

/** Fetched from the registry when it is first asked for: nothing of the product needs it. */
const LIGHTHOUSE = 'lighthouse@13.5.0'
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const
type Answer = Readonly<{
  categories: Readonly<Partial<Record<(typeof CATEGORIES)[number], Readonly<{ score: number | null }>>>>
}>

/** Points of 100 by category. */
export type LighthousePoints = Readonly<Record<(typeof CATEGORIES)[number], number>>

/** What Lighthouse says of a page on a desktop. @throws Error when it cannot be had or does not end. */
export async function lighthouseOf(stage: Stage, path: string): Promise<LighthousePoints> {
  const context = await stage.visit()
  const cookies = await context.cookies()
  await context.close()
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const args = [
    'exec',
    '--yes',
    `--package=${LIGHTHOUSE}`,
    '--',
    'lighthouse',
    stage.api.url + path,
    '--preset=desktop',
    '--quiet',
    '--output=json',
    '--output-path=stdout',
    `--only-categories=${CATEGORIES.join(',')}`,
    `--extra-headers=${JSON.stringify({ cookie })}`,
    '--chrome-flags=--headless=new --no-sandbox',
  ]
  const { stdout } = await promisify(execFile)('npm', args, {
    env: { ...process.env, CHROME_PATH: stage.program },
    maxBuffer: 64_000_000,
    timeout: 240_000,
  })
  const { categories } = JSON.parse(stdout) as Answer
  const points = (name: (typeof CATEGORIES)[number]) => Math.round(100 * (categories[name]?.score ?? 0))
  return {
    performance: points('performance'),
    accessibility: points('accessibility'),
    'best-practices': points('best-practices'),
  }
}

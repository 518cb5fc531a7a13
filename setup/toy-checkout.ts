import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A checkout with the real set-up and little else, in which `npx` is ours and installs by making directories. */
export interface ToyCheckout {
  readonly root: string
  write(path: string, content: string): void
  /** How often `npx` was asked to install. */
  installations(): number
  /** Makes the following installations fail with this text, or succeed again. */
  breakInstallation(said: string | null): void
  start(args?: readonly string[], nodeOptions?: readonly string[]): ChildProcess
  /** Starts, waits for the end and returns what was said. */
  run(args?: readonly string[], nodeOptions?: readonly string[]): Promise<Ended>
}

/** How a run ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const NPX = `#!/bin/sh
cd "$TOY_ROOT" || exit 1
echo x >> npx-calls
if [ -f npx-breaks ]; then cat npx-breaks; exit 1; fi
for member in packages/*; do mkdir -p "$member/node_modules/left-pad"; done
mkdir -p node_modules
`

// Says something only when it is ready for signals.
const SANDBOX = `
if (process.argv.includes('--wait')) {
  process.on('SIGTERM', () => process.exit(7))
  process.on('disconnect', () => { process.stdout.write('left alone\\n'); process.exit(0) })
  setInterval(() => {}, 60_000)
}
process.stdout.write(JSON.stringify({ args: process.argv.slice(2) }) + '\\n')
if (!process.argv.includes('--wait')) process.exit(Number(process.argv[2] ?? 0))
`

/** Makes one; it is removed when the test has finished. */
export function toyCheckout(): ToyCheckout {
  const root = mkdtempSync(join(tmpdir(), 'fd-setup-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const write = (path: string, content: string, mode = 0o644) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content, { mode })
  }
  cpSync(import.meta.dirname, join(root, 'setup'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  })
  write('package.json', '{ "name": "toy", "type": "module" }')
  write('pnpm-lock.yaml', 'lockfileVersion: 1\n')
  write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n')
  write('turbo.json', '{ "tasks": { "build": { "outputs": ["dist/**"] } } }')
  write('packages/page/package.json', '{ "name": "page", "dependencies": { "left-pad": "1.0.0" } }')
  write('apps/sandbox/src/main.ts', SANDBOX)
  write('bin/npx', NPX, 0o755)

  const environment = { PATH: `${join(root, 'bin')}:/usr/bin:/bin`, HOME: root, TOY_ROOT: root }
  const start = (args: readonly string[] = [], nodeOptions: readonly string[] = []) =>
    spawn(process.execPath, [...nodeOptions, join(root, 'setup/start.mjs'), ...args], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
  return {
    root,
    write,
    start,
    installations: () => readFileSync(join(root, 'npx-calls'), 'utf8').split('\n').length - 1,
    breakInstallation: (said) =>
      said === null ? rmSync(join(root, 'npx-breaks')) : writeFileSync(join(root, 'npx-breaks'), said),
    run: async (args, nodeOptions) => {
      const child = start(args, nodeOptions)
      const [stdout, stderr, [code]] = await Promise.all([
        text(child.stdout ?? []),
        text(child.stderr ?? []),
        once(child, 'close') as Promise<[number | null]>,
      ])
      return { code, stdout, stderr }
    },
  }
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openKitStore } from './kit-store.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'firedrill-kits-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const STORE = JSON.stringify(new URL('./kit-store.ts', import.meta.url).href)

describe('kit store', () => {
  it('gives back every kit under the name it was saved with, and none after it was removed', async () => {
    const store = await openKitStore(dir)
    const names = ['run_1/stop-primary', '../escape', '.hidden', 'with space & ümlaut']
    for (const kit of names) await store.save(kit, `content of ${kit}`)
    await store.save('run_1/stop-primary', 'newer')
    const kits = new Map((await store.list()).map(({ kit, content }) => [kit, content]))
    expect([...kits.keys()].sort()).toEqual([...names].sort())
    expect(kits.get('run_1/stop-primary')).toBe('newer')
    await store.remove('../escape')
    await store.remove('never there')
    expect((await store.list()).map(({ kit }) => kit)).not.toContain('../escape')
  })

  it('is closed to other users', async () => {
    const store = await openKitStore(join(dir, 'inner'))
    await store.save('a', 'x')
    expect((await stat(join(dir, 'inner'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(dir, 'inner', 'a.kit.json'))).mode & 0o777).toBe(0o600)
  })

  it('never shows half a kit, however often the writer is killed', async () => {
    const script = `const { openKitStore } = await import(${STORE})
      const store = await openKitStore(process.argv[1])
      for (let n = 0; ; n++) { await store.save('kit', JSON.stringify({ n, fill: 'x'.repeat(200_000) })); process.stdout.write('s') }`
    let seen = 0
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      for (let saves = 0; saves < 3 + round; saves++) await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
      const [kit] = await (await openKitStore(dir)).list()
      const content = JSON.parse(kit?.content ?? '') as { n: number; fill: string }
      expect(content.fill).toHaveLength(200_000)
      seen += content.n
    }
    expect(seen).toBeGreaterThan(5)
  })

  it('fails loudly when a kit cannot be kept or read', async () => {
    const store = await openKitStore(dir)
    await expect(store.save('x'.repeat(300), '')).rejects.toThrow(RangeError)
    await rm(dir, { recursive: true })
    await expect(store.save('a', 'x')).rejects.toThrow('ENOENT')
    await expect(store.list()).rejects.toThrow('ENOENT')
    await writeFile(dir, 'a file where the directory should be')
    await expect(openKitStore(dir)).rejects.toThrow()
  })
})

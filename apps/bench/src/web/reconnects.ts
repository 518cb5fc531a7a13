import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { PERSON } from '@firedrill/testkit'
import { waitUntil } from '../sandbox/wait-until.ts'
import type { Stage } from './stage.ts'

/** A way to the API that can be cut. */
type Cuttable = Readonly<{ url: string; cut(): void; close(): Promise<void> }>

/** How many events a page misses or repeats that loses its connection `times` times while events are written. */
export async function lostEvents(stage: Stage, times: number): Promise<number> {
  const way = await cuttable(new URL(stage.api.url))
  const { waiting, stores } = stage.runs
  const context = await stage.visit({ url: way.url })
  const page = await context.newPage()
  await page.goto(`${way.url}/runs/${waiting}`)
  await page.getByText('events, newest first').waitFor()
  const shown = async () => {
    const text = (await page.getByText('events, newest first').textContent()) ?? ''
    return Number(/(\d+) events/.exec(text)?.[1] ?? 0)
  }
  let head = 0
  for (let n = 0; n < times; n++) {
    const answer = await stores.runs.append(waiting, { kind: 'open' }, PERSON, () => [
      { type: 'note-added', data: { text: `before cut ${n}` } },
      { type: 'note-added', data: { text: `with cut ${n}` } },
    ])
    if (!answer.ok) throw new Error('an event was not written')
    way.cut()
    head = answer.foldedSeq
    const written = head
    await waitUntil(`the page after cut ${n}`, 20_000, async () =>
      (await shown()) >= written ? true : undefined,
    )
  }
  const lost = Math.abs(head - (await shown()))
  await context.close()
  await way.close()
  return lost
}

async function cuttable(target: URL): Promise<Cuttable> {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      // A cut is what this is for.
      socket.on('error', () => undefined)
    }
    near.pipe(far).pipe(near)
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    close: () => {
      cut()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

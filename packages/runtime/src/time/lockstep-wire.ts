import { Agent, request } from 'node:http'
import { z } from 'zod'

const joinedSchema = z.object({ worldAt: z.int() })
const answerSchema = z.object({ kind: z.enum(['due', 'moved', 'superseded']), worldAt: z.int() })

/** The time keeper's side of a lockstep clock, over HTTP. */
export type LockstepWire = Readonly<{
  /** Registers this process; answers world time in microseconds. */
  join(): Promise<number>
  /** `gone`: not registered any more. */
  wait(
    report: Readonly<{ report: number; until: number | null; holds: readonly (readonly number[])[] }>,
  ): Promise<z.infer<typeof answerSchema> | 'gone'>
  busy(report: number): Promise<void>
  beat(): Promise<void>
  leave(): Promise<void>
}>

type Answer = Readonly<{ status: number; text: string }>

/** Speaks to the control port of a simulator over connections of its own, which are kept. */
export function createLockstepWire(control: string, member: string, leaseMs: number): LockstepWire {
  const base = new URL(control.endsWith('/') ? control : `${control}/`)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })

  const post = (path: string, body: object): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const text = JSON.stringify({ member, ...body })
    const asking = request(new URL(`lockstep/${path}`, base), {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    })
    asking.on('error', reject)
    asking.on('response', (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (answer += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }))
      response.on('error', reject)
    })
    asking.end(text)
    return promise
  }

  return {
    join: async () => {
      const answer = await post('join', { leaseMs })
      if (answer.status !== 201) throw refused('join', answer)
      return joinedSchema.parse(JSON.parse(answer.text)).worldAt
    },
    wait: async (report) => {
      const answer = await post('wait', report)
      if (answer.status === 410) return 'gone'
      if (answer.status !== 200) throw refused('wait', answer)
      return answerSchema.parse(JSON.parse(answer.text))
    },
    busy: async (report) => void (await post('busy', { report })),
    beat: async () => void (await post('beat', {})),
    leave: async () => {
      // A time keeper that is gone needs no good-bye.
      await post('leave', {}).catch(() => undefined)
      agent.destroy()
    },
  }
}

function refused(what: string, { status, text }: Answer): Error {
  return new Error(`the time keeper refused to ${what}: ${status} ${text.trim()}`)
}

import { Agent, request } from 'node:http'

/** A process's part in a lockstep world, by the bare protocol: one thing at a time, so it is busy unless it waits. */
export type LockstepMember = {
  /** Resolves when the world has gone on by so many seconds. */
  readonly wait: (seconds: number) => Promise<void>
  /** Lets time go on over an answer that itself waits for world time; `port` is the local one of its connection. */
  readonly hold: <T>(port: number, answer: Promise<T>) => Promise<T>
  readonly leave: () => Promise<void>
}

/** Joins; time waits for this process from now on. */
export const joinAsMember = async (control: string, member: string): Promise<LockstepMember> => {
  const agent = new Agent({ keepAlive: true })
  const post = async (path: string, body: object): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const asking = request(new URL(path, control), { agent, method: 'POST' }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    asking.on('error', reject)
    asking.end(JSON.stringify({ member, ...body }))
    const status = await promise
    if (status >= 300) throw new Error(`${path} was answered with ${status}`)
  }
  await post('/lockstep/join', { leaseMs: 30_000 })
  // Two reports may overtake each other on their way: the one of an answer that is there by now, and the next.
  let reports = 0
  const wait = (body: object): Promise<void> => post('/lockstep/wait', { report: reports++, ...body })
  return {
    wait: (seconds) => wait({ ms: seconds * 1000 }),
    hold: async (port, answer) => {
      const arrived = answer.then(() => true)
      for (let isThere = false; !isThere;) {
        const waited = wait({ until: null, holds: [[port]] }).then(() => false)
        isThere = await Promise.race([arrived, waited])
      }
      return answer
    },
    leave: async () => {
      await post('/lockstep/leave', {})
      agent.destroy()
    },
  }
}

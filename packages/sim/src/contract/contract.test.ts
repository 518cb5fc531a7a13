import { afterEach, describe, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../testing/sdk-arena.ts'
import type { ServiceName } from '../wire/service.ts'
import {
  commandLine,
  queryClient,
  sdkClient,
  type ContractClient,
  type ContractSession,
  type Reply,
} from './contract-clients.ts'
import { DRILL_CONTRACT, type ContractCall, type Scene } from './drill-contract.ts'

let arena: SdkArena
let session: ContractSession
afterEach(async () => {
  session.close()
  await arena.close()
})

/** Plays the whole contract with one client and says of every call what it came to. */
async function play(
  client: ContractClient,
  spoil: (arena: SdkArena) => void = () => undefined,
): Promise<readonly { call: ContractCall; reply: Reply }[]> {
  arena = await openSdkArena()
  spoil(arena)
  session = client.open(arena.simulator.endpoints.aws, arena.credentials)
  const answers = new Map<string, Record<string, Record<string, unknown>>>()
  const played: { call: ContractCall; reply: Reply }[] = []
  for (const act of DRILL_CONTRACT) {
    arena.advance(act.secondsBefore)
    const scene: Scene = {
      world: arena.simulator.world,
      at: (secondsAgo) => new Date(arena.now().getTime() - secondsAgo * 1_000),
      answerOf: (call) => answers.get(call) ?? {},
    }
    const calls = act.calls(scene).filter(({ call }) => !client.lacks.includes(call))
    const made = await Promise.all(
      calls.map(async (call) => {
        const [service, operation = ''] = call.call.split('.')
        const usual = service === 'route53' ? 'us-east-1' : 'eu-west-1'
        const region = call.region ?? usual
        const reply = await session.call(service as ServiceName, operation, call.input ?? {}, region)
        return { call, reply }
      }),
    )
    for (const { call, reply } of made)
      if ('output' in reply && !answers.has(call.call))
        answers.set(call.call, reply.output as Record<string, Record<string, unknown>>)
    played.push(...made)
  }
  return played
}

function check({ call, reply }: { call: ContractCall; reply: Reply }): void {
  const what = `${call.call}(${JSON.stringify(call.input ?? {})})`
  if (call.fails === undefined) expect(reply, what).toMatchObject({ output: call.answers ?? {} })
  else expect(reply, what).toEqual({ error: call.fails })
}

describe('a whole drill', () => {
  it.each([sdkClient, queryClient])('is understood by $name', async (client) => {
    for (const call of await play(client)) check(call)
  })

  it('is not if as little as one answer is wrong', async () => {
    const rule = { operation: 'route53.GetChange', kind: 'fail', probability: 1, count: 1, delay: 0 } as const
    const played = await play(sdkClient, ({ simulator }) => void simulator.world.adversity.add(rule))
    expect(() => played.forEach(check)).toThrow(/route53\.GetChange/)
  })

  it.skipIf(!commandLine.isPresent)(
    `is understood by ${commandLine.name}${commandLine.isPresent ? '' : ' (skipped: awscli is not installed)'}`,
    async () => {
      for (const call of await play(commandLine)) check(call)
    },
    240_000,
  )
})

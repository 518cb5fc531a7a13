import { afterEach, describe, expect, it } from 'vitest'
import { knownOperations } from '../testing/known-operations.ts'
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
import { DRILL_CONTRACT, type ContractAct, type ContractCall, type Scene } from './drill-contract.ts'
import { REST_CONTRACT } from './rest-contract.ts'

/**
 * The safety lever is younger than the FIS client of the lockfile, and its own tests call it by hand; zonal shift has no client in
 * the registry, and the tests of the adapter call it.
 */
const WITHOUT_CLIENT = [
  'arc-zonal-shift.CancelZonalShift',
  'arc-zonal-shift.ListManagedResources',
  'arc-zonal-shift.ListZonalShifts',
  'arc-zonal-shift.StartZonalShift',
  'fis.GetSafetyLever',
  'fis.UpdateSafetyLeverState',
]

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
  contract: readonly ContractAct[] = DRILL_CONTRACT,
): Promise<readonly { call: ContractCall; reply: Reply }[]> {
  arena = await openSdkArena()
  spoil(arena)
  session = client.open(arena.simulator.endpoints.aws, arena.credentials)
  const answers = new Map<string, Record<string, Record<string, unknown>>>()
  const played: { call: ContractCall; reply: Reply }[] = []
  for (const act of contract) {
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
  it(`is understood by ${queryClient.name}`, async () => {
    for (const call of await play(queryClient)) check(call)
  })

  it(`is understood by ${sdkClient.name}, and so is every operation that a drill does not call`, async () => {
    const drill = await play(sdkClient)
    session.close()
    await arena.close()
    const played = [...drill, ...(await play(sdkClient, undefined, REST_CONTRACT))]
    for (const call of played) check(call)
    const tried = new Set(played.map(({ call }) => call.call as string))
    expect(
      knownOperations()
        .filter((operation) => !tried.has(operation))
        .toSorted(),
    ).toEqual(WITHOUT_CLIENT)
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

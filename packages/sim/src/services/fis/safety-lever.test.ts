import {
  CreateExperimentTemplateCommand,
  GetExperimentCommand,
  ListExperimentsCommand,
  StartExperimentCommand,
} from '@aws-sdk/client-fis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSdkArena, type SdkArena } from '../../testing/sdk-arena.ts'

let arena: SdkArena
beforeEach(async () => {
  arena = await openSdkArena()
})
afterEach(() => arena.close())

/** The pinned client has no lever commands: an ordinary call of it is sent elsewhere before it is signed. */
async function lever(
  method: 'GET' | 'PATCH',
  path: string,
  body?: unknown,
): Promise<{ status: number; state?: unknown }> {
  const { fis } = arena.clients()
  let status = 0
  let text = ''
  fis.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as {
        method: string
        path: string
        body?: string
        headers: Record<string, string>
      }
      request.method = method
      request.path = path
      if (body !== undefined) {
        request.body = JSON.stringify(body)
        request.headers['content-type'] = 'application/json'
        request.headers['content-length'] = String(Buffer.byteLength(request.body))
      }
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'lever' },
  )
  fis.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as { statusCode: number; body: AsyncIterable<Uint8Array> }
      status = response.statusCode
      const chunks: Uint8Array[] = []
      for await (const chunk of response.body) chunks.push(chunk)
      text = Buffer.concat(chunks).toString('utf8')
      throw new Error('answer taken')
    },
    { step: 'deserialize', priority: 'low', name: 'takeAnswer' },
  )
  await fis.send(new ListExperimentsCommand({})).catch(() => undefined)
  const answer = JSON.parse(text) as { safetyLever?: { state: unknown } }
  return { status, state: answer.safetyLever?.state }
}

const disengage = { state: { status: 'disengaged', reason: 'go on' } }
const engage = { state: { status: 'engaged', reason: 'halt everything' } }

async function startWait(): Promise<string> {
  const { experimentTemplate } = await arena.fis.send(
    new CreateExperimentTemplateCommand({
      description: 'wait',
      roleArn: 'arn:aws:iam::111122223333:role/FisDrill',
      stopConditions: [{ source: 'none' }],
      actions: { wait: { actionId: 'aws:fis:wait', parameters: { duration: 'PT5M' } } },
    }),
  )
  const started = await arena.fis.send(
    new StartExperimentCommand({ experimentTemplateId: experimentTemplate?.id }),
  )
  return started.experiment?.id ?? ''
}

const statusOf = async (id: string) =>
  (await arena.fis.send(new GetExperimentCommand({ id }))).experiment?.state?.status

it('stops what runs before it calls itself engaged, and cancels what starts while it is', async () => {
  expect(await lever('GET', '/safetyLevers/default')).toMatchObject({
    status: 200,
    state: { status: 'disengaged' },
  })
  const running = await startWait()
  arena.advance(20)
  expect(await statusOf(running)).toBe('running')
  expect(await lever('PATCH', '/safetyLevers/default/state', engage)).toMatchObject({
    status: 200,
    state: { status: 'engaging', reason: 'halt everything' },
  })
  expect(await statusOf(running)).toBe('stopping')
  expect((await lever('PATCH', '/safetyLevers/default/state', disengage)).status).toBe(409)
  arena.advance(35)
  expect(await statusOf(running)).toBe('stopped')
  expect(await lever('GET', '/safetyLevers/default')).toMatchObject({ state: { status: 'engaged' } })
  const late = await startWait()
  arena.advance(5)
  expect(await statusOf(late)).toBe('cancelled')
})

it('wants a reason, knows one lever only, and refuses to engage it twice', async () => {
  expect((await lever('PATCH', '/safetyLevers/default/state', { state: { status: 'engaged' } })).status).toBe(
    400,
  )
  expect((await lever('GET', '/safetyLevers/other')).status).toBe(404)
  await lever('PATCH', '/safetyLevers/default/state', engage)
  arena.advance(2)
  expect((await lever('PATCH', '/safetyLevers/default/state', engage)).status).toBe(409)
  expect((await lever('PATCH', '/safetyLevers/default/state', disengage)).status).toBe(200)
})

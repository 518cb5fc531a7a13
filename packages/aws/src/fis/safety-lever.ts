import { GetExperimentCommand } from '@aws-sdk/client-fis'
import { LEVER_STATES, type Outcome, type SafetyLever } from '@firedrill/core'
import { z } from 'zod'
import { failed, read, success } from '../call.ts'
import type { Aws } from '../client.ts'

const OPERATION = 'fis.GetSafetyLever'

const answerSchema = z.object({
  safetyLever: z.object({
    state: z.object({ status: z.enum(LEVER_STATES), reason: z.string().optional() }),
  }),
})

/**
 * Reads the Region's safety lever. The pinned FIS client (3.523.0, the last one there is) has no command for it, so a
 * request of another command is sent to the lever's path before it is signed, and the answer's own JSON is read: endpoint,
 * credentials, timeouts and errors are those of every other call.
 */
export async function readSafetyLever({ fis }: Aws, signal: AbortSignal): Promise<Outcome<SafetyLever>> {
  const heard: { text?: string } = {}
  const answer = await read(OPERATION, signal, (options) => fis.send(leverCommand(heard), options))
  if (!answer.ok) return answer
  const lever = answerSchema.safeParse(parsed(heard.text))
  if (!lever.success)
    return failed('unexpected', OPERATION, 'UnknownAnswer', 'FIS answered without a state of the lever')
  const { status, reason } = lever.data.safetyLever.state
  return success({ state: status, reason: reason ?? '' })
}

/** An account's one lever of a Region has this id. */
const LEVER_PATH = '/safetyLevers/default'

function leverCommand(heard: { text?: string }): GetExperimentCommand {
  const command = new GetExperimentCommand({ id: 'default' })
  command.middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.request as object, { path: LEVER_PATH })
      return next(args)
    },
    { step: 'build', priority: 'low', name: 'firedrillLeverPath' },
  )
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const response = result.response as { body: AsyncIterable<Uint8Array> | Uint8Array }
      const bytes = await bytesOf(response.body)
      heard.text = new TextDecoder().decode(bytes)
      // Whoever reads the answer after us finds it whole: an error is still told by the client's own code.
      response.body = bytes
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'firedrillLeverAnswer' },
  )
  return command
}

async function bytesOf(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
